import type { IncomingMessage } from 'node:http';
import { RequestRefused } from './refusal.js';
import { isLoopback } from '../loopback.js';

/** `host[:port]` of a URI (RFC 3986 §3.2) without a user name; an IPv6 address is in brackets. */
const AUTHORITY = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::(\d*))?$/i;

/** The absolute form of a request target, in the schemes of HTTP. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;

/** The host to which a request is directed. */
interface Target {
  /** In lower case, IPv6 addresses in brackets; `undefined` if the request names no host (HTTP/1.0). */
  readonly hostname: string | undefined;
  /** Empty if the request names no port. */
  readonly port: string;
}

const NO_TARGET: Target = { hostname: undefined, port: '' };

/** Cache: most requests are directed to the same host as the previous one. */
let latest: { readonly host: string; readonly target: Target } | undefined;

/**
 * Reads the host of a request. A target in absolute form (`GET http://host/path`) takes precedence over `Host`
 * (RFC 9112 §3.2.2); `request` is rewritten to origin form, so that later code finds its path.
 * @throws RequestRefused 400 `BAD_REQUEST` for a host that is missing, given twice or malformed (RFC 9112 §3.2)
 */
export function readTarget(request: IncomingMessage): Target {
  assertOneHost(request);
  toOriginForm(request);
  const { host } = request.headers;
  if (host === undefined) {
    if (request.httpVersion === '1.0') return NO_TARGET;
    throw new RequestRefused(400, 'BAD_REQUEST', 'The request has no Host header.');
  }
  if (latest?.host === host) return latest.target;
  const [, hostname, port = ''] = AUTHORITY.exec(host) ?? [];
  if (hostname === undefined) throw malformed();
  latest = { host, target: { hostname: hostname.toLowerCase(), port } };
  return latest.target;
}

/** The path of a request without its query, for targets in origin and absolute form. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const [authority = ''] = url.startsWith('/') ? [] : (ABSOLUTE.exec(url) ?? []);
  const path = url.slice(authority.length);
  const query = path.indexOf('?');
  return (query === -1 ? path : path.slice(0, query)) || '/';
}

function toOriginForm(request: IncomingMessage): void {
  const { url = '' } = request;
  if (url.startsWith('/')) return;
  const [start, authority] = ABSOLUTE.exec(url) ?? [];
  if (start === undefined || authority === undefined) return;
  if (!AUTHORITY.test(authority)) throw malformed();
  const rest = url.slice(start.length);
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  request.headers.host = authority;
}

function assertOneHost({ rawHeaders }: IncomingMessage): void {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  if (count > 1) throw new RequestRefused(400, 'BAD_REQUEST', 'The request has two Host headers.');
}

const malformed = () =>
  new RequestRefused(400, 'BAD_REQUEST', 'The host of the request is malformed.');

/** @throws RequestRefused 421 `HOST_NOT_ALLOWED` */
export type AssertHost = (target: Target) => void;

interface HostRule {
  /** The address on which the server listens. */
  readonly listensOn: string;
  /** Hosts, with a port or for any port; `*` is any host. `undefined` if not configured. */
  readonly allowed: readonly string[] | undefined;
  /** Web origins whose hosts are allowed if `allowed` is not configured. */
  readonly origins: readonly string[];
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Creates the check of the hosts that a server answers for. With DNS rebinding, a page resolves its own host name to an
 * address that only its visitor can reach, and so gets the same origin as the server there; its requests still name the
 * page's host. A server on a loopback address therefore answers only for the names of that address and for configured
 * hosts. On other addresses, it answers for any host unless hosts are configured.
 */
export function createHostRule({ listensOn, allowed, origins }: HostRule): AssertHost {
  const own = asHost(listensOn);
  const isLocal = isLoopback(own);
  const hosts = new Set([
    ...(isLocal ? [...LOOPBACK_NAMES, own] : []),
    ...(allowed ?? origins.map((origin) => new URL(origin).hostname)),
  ]);
  if (hosts.has('*') || (allowed === undefined && !isLocal)) return () => undefined;
  return ({ hostname, port }) => {
    if (hostname !== undefined && (hosts.has(hostname) || hosts.has(`${hostname}:${port}`))) return;
    const message =
      'This service does not serve the host of the request. The operator can add the host to ALLOWED_HOSTS.';
    throw new RequestRefused(421, 'HOST_NOT_ALLOWED', message);
  };
}

/**
 * The check for the metrics endpoint. On a loopback address, `*` does not open it to any host; on other addresses, any
 * host is allowed, because Prometheus uses the addresses of instances.
 */
export function createMetricsHostRule(
  listensOn: string,
  allowed: readonly string[] | undefined,
): AssertHost {
  if (!isLoopback(asHost(listensOn))) return () => undefined;
  const named = (allowed ?? []).filter((host) => host !== '*');
  return createHostRule({ listensOn, allowed: named, origins: [] });
}

/** Formats an address as in the `Host` header. */
function asHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address.toLowerCase();
}
