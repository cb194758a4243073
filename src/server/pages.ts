import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import type { Handler } from './router.js';

export interface PagesOptions {
  /** The output directory of the build. */
  readonly directory: string;
  readonly graphiql: boolean;
  readonly sessions: boolean;
  /** Whether pages may offer a throw-away wallet. */
  readonly isDevelopment: boolean;
  /** Whether browsers keep their tokens in cookies. */
  readonly usesCookies: boolean;
}

/** The pages for browsers. */
export interface Pages {
  /** Shown to browsers at the path of the API; `undefined` if disabled. */
  readonly graphiql: Handler | undefined;
  readonly routes: ReadonlyMap<string, Handler>;
}

/** Path of the page where owners see the sessions of their wallet. */
export const SESSIONS_PATH = '/sessions';

const ASSETS = '/assets/';

/**
 * Allows only content of this server. GraphiQL's editor uses inline styles; its fonts and icons are data URLs.
 */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  'font-src': "'self' data:",
  // Wallets announce their icons as data URLs (EIP-6963).
  'img-src': "'self' data:",
  'style-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** Reads the pages once. There are none if they were not built. */
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

/** Whether a browser navigates to the API, instead of a client calling it. */
export function isBrowserVisit({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'GET' && !url.includes('?') && (headers.accept?.includes('text/html') ?? false);
}

/** The HTML of a page, with settings of the service as attributes of its root element. */
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

/** File names change with their content, so browsers may cache them forever. */
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
