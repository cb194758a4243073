import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import type { KeyBindingPolicy } from '../key-binding/policy.js';
import type { Handler } from './router.js';

export interface PagesOptions {
  /** The output directory of the build. */
  readonly directory: string;
  readonly graphiql: boolean;
  readonly sessions: boolean;
  readonly admin: boolean;
  /** The CAIP-2 ids of the chains on which wallets may sign in. Pages offer wallets of these chains. */
  readonly chainIds: readonly string[];
  /** Whether pages may offer throw-away wallets. */
  readonly isDevelopment: boolean;
  /** Whether browsers keep their tokens in cookies. */
  readonly usesCookies: boolean;
  /** Whether pages bind their sessions to keys, and the URLs for which the service accepts proofs. */
  readonly keyBinding: Pick<KeyBindingPolicy, 'mode' | 'publicUrls'>;
  readonly application: Application;
}

/** The application that the pages belong to. */
export interface Application {
  readonly name: string;
  /** The address that its name links to. */
  readonly url?: string | undefined;
  readonly logoUrl?: string | undefined;
}

/** The pages for browsers. */
export interface Pages {
  /** Shown to browsers at the path of the API; `undefined` if disabled. */
  readonly graphiql: Handler | undefined;
  readonly routes: ReadonlyMap<string, Handler>;
}

/** Path of the page where owners see the sessions of their wallet. */
export const SESSIONS_PATH = '/sessions';

/** Path of the administration page. Everybody gets the same HTML: the API decides who sees what. */
const ADMIN_PATH = '/admin';

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
  // Wallets announce their icons as data URLs (EIP-6963, Wallet Standard).
  'img-src': "'self' data:",
  'style-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** The policy of the pages of an application, whose logo may come from another server. */
function policyFor({ logoUrl = '' }: Application): typeof POLICY {
  if (!/^https?:/.test(logoUrl)) return POLICY;
  return { ...POLICY, 'img-src': `${POLICY['img-src']} ${new URL(logoUrl).origin}` };
}

/** Reads the pages once. There are none if they were not built. */
export function createPages(options: PagesOptions): Pages {
  const { directory, graphiql, sessions, admin } = options;
  if (!existsSync(directory)) return { graphiql: undefined, routes: new Map() };
  const policy = policyFor(options.application);
  const page = (name: string, allowed: typeof POLICY) =>
    pageHandler(htmlOf(join(directory, name, 'index.html'), options), allowed);
  const routes = new Map<string, Handler>();
  if (graphiql || sessions || admin) {
    const serveAsset = assetHandler(directory);
    for (const { name } of readdirSync(directory, { withFileTypes: true })) {
      routes.set(ASSETS + name, serveAsset);
    }
  }
  if (sessions) routes.set(SESSIONS_PATH, page('sessions', policy));
  if (admin) routes.set(ADMIN_PATH, page('admin', policy));
  return {
    graphiql: graphiql
      ? page('graphiql', { ...policy, 'style-src': "'self' 'unsafe-inline'" })
      : undefined,
    routes,
  };
}

/** Whether a browser navigates to the API, instead of a client calling it. */
export function isBrowserVisit({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'GET' && !url.includes('?') && (headers.accept?.includes('text/html') ?? false);
}

/** The HTML of a page, with settings of the service as attributes of its root element. */
function htmlOf(path: string, options: PagesOptions): string {
  const { chainIds, isDevelopment, usesCookies, keyBinding, application } = options;
  const served = (['sessions', 'graphiql', 'admin'] as const).filter((page) => options[page]);
  const attributes = {
    'data-chains': chainIds.join(' '),
    'data-development': isDevelopment,
    'data-cookies': usesCookies,
    'data-key-binding': keyBinding.mode,
    'data-public-urls': keyBinding.publicUrls.map(withSlash).join(' '),
    'data-pages': served.join(' '),
    'data-application-name': application.name,
    'data-application-url': application.url ?? false,
    'data-application-logo': application.logoUrl ?? false,
  };
  return readFileSync(path, 'utf8')
    .replace('<html lang="en">', () => `<html lang="en"${attributesText(attributes)}>`)
    .replace('</title>', () => ` · ${escaped(application.name)}</title>`);
}

/** The URL in the form in which browsers have it, with a slash at the end. */
function withSlash(publicUrl: string): string {
  return new URL(publicUrl).href.replace(/\/?$/, '/');
}

function attributesText(attributes: Readonly<Record<string, string | boolean>>): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== false)
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`))
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
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
