import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import type { Handler } from './router.js';

export interface PagesOptions {
  /** Where the build has put them. */
  readonly directory: string;
  readonly graphiql: boolean;
  readonly sessions: boolean;
  /** Whether a wallet that is thrown away may be offered. */
  readonly isDevelopment: boolean;
  /** Whether the tokens of browsers are kept in cookies. */
  readonly usesCookies: boolean;
}

/** What browsers are shown. */
export interface Pages {
  /** Answers a browser that comes to the API's own path; `undefined` where it is not to be shown. */
  readonly graphiql: Handler | undefined;
  readonly routes: ReadonlyMap<string, Handler>;
}

/** Where people see the sessions of their wallet. */
export const SESSIONS_PATH = '/sessions';

const ASSETS = '/assets/';

/**
 * Everything is from this server, and nothing else runs. GraphiQL's editor writes its styles into the
 * page; fonts and icons of it are data.
 */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  'font-src': "'self' data:",
  // The icons that wallets announce are data, too (EIP-6963).
  'img-src': "'self' data:",
  'style-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** Reads the pages once. Where they were not built there are none. */
export function createPages(options: PagesOptions): Pages {
  const { directory, graphiql, sessions } = options;
  if (!existsSync(directory)) return { graphiql: undefined, routes: new Map() };
  const page = (name: string, policy: typeof POLICY) =>
    pageHandler(htmlOf(join(directory, name, 'index.html'), options), policy);
  const routes = new Map<string, Handler>();
  if (graphiql || sessions) {
    const serveAsset = assetHandler(directory);
    for (const { name } of readdirSync(directory, { withFileTypes: true })) {
      routes.set(ASSETS + name, serveAsset);
    }
  }
  if (sessions) routes.set(SESSIONS_PATH, page('sessions', POLICY));
  return {
    graphiql: graphiql
      ? page('graphiql', { ...POLICY, 'style-src': "'self' 'unsafe-inline'" })
      : undefined,
    routes,
  };
}

/** Whether somebody looks at the API with a browser, rather than calls it. */
export function isBrowserVisit({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'GET' && !url.includes('?') && (headers.accept?.includes('text/html') ?? false);
}

/** The page, with what it must know of the service as attributes of its root. */
function htmlOf(path: string, { isDevelopment, usesCookies }: PagesOptions): string {
  const attributes = [isDevelopment && ' data-development', usesCookies && ' data-cookies'];
  const root = `<html lang="en"${attributes.filter(Boolean).join('')}>`;
  return readFileSync(path, 'utf8').replace('<html lang="en">', root);
}

function pageHandler(html: string, policy: Record<string, string>): Handler {
  const contentSecurityPolicy = Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
  return (_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', contentSecurityPolicy);
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('x-content-type-options', 'nosniff');
    response.end(html);
  };
}

/** The names of the files change with their content: a browser may keep them for ever. */
function assetHandler(directory: string): Handler {
  const serve = sirv(directory, { immutable: true, maxAge: 31_536_000 });
  return (request, response) => {
    const file = Object.assign(request, { url: request.url?.slice(ASSETS.length - 1) });
    response.setHeader('x-content-type-options', 'nosniff');
    serve(file, response, () => {
      response.statusCode = 404;
      response.end();
    });
  };
}
