import type { IncomingMessage } from 'node:http';
import { RequestRefused } from './refusal.js';
import { isLoopback } from '../loopback.js';

/** `host[:port]` of a URI (RFC 3986 §3.2) without a user name; an IPv6 address is in brackets. */
const AUTHORITY = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::(\d*))?$/i;

/** The absolute form of a request target, in the schemes of HTTP. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;

/** Where a request is directed. */
interface Target {
  /** In lower case, an IPv6 address in brackets; `undefined` where the request names none (HTTP/1.0). */
  readonly hostname: string | undefined;
  /** As text; empty where none is named. */
  readonly port: string;
}

const NO_TARGET: Target = { hostname: undefined, port: '' };

/** Most requests are directed to the host that the request before was directed to. */
let latest: { readonly host: string; readonly target: Target } | undefined;

/**
 * Reads where a request is directed. A target in the absolute form (`GET http://host/path`) comes before `Host`
 * (RFC 9112 §3.2.2); `request` is changed to what it would be in the origin form, so that its path is found by everybody.
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

/** The path of a request, without its query, in whichever form the target is. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const [authority = ''] = ABSOLUTE.exec(url) ?? [];
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
  new RequestRefused(400, 'BAD_REQUEST', 'The host that the request names is malformed.');

/** @throws RequestRefused 421 `HOST_NOT_ALLOWED` */
export type AssertHost = (target: Target) => void;

interface HostRule {
  /** The address that the server listens on. */
  readonly listensOn: string;
  /** Hosts with or without a port (any port then); `*` is any host. `undefined` where it is not configured. */
  readonly allowed: readonly string[] | undefined;
  /** Web origins whose hosts are allowed where nothing is configured. */
  readonly origins: readonly string[];
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The hosts that a server answers for. A page can have the name of its own host resolved to an address that only its
 * visitor reaches (DNS rebinding), and is then of the same origin as what it finds there; its requests still name the
 * host of the page. So a server on a loopback address answers for the names of that address, and for those that are
 * configured, alone. On other addresses any host is answered for unless some are configured.
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
      'This service does not answer for the host that the request names. Its operator can add the host to ALLOWED_HOSTS.';
    throw new RequestRefused(421, 'HOST_NOT_ALLOWED', message);
  };
}

/**
 * The rule for metrics: `*` does not open them to any host on a loopback address, and elsewhere they are read by the
 * addresses of instances, which no list names.
 */
export function createMetricsHostRule(
  listensOn: string,
  allowed: readonly string[] | undefined,
): AssertHost {
  if (!isLoopback(asHost(listensOn))) return () => undefined;
  const named = (allowed ?? []).filter((host) => host !== '*');
  return createHostRule({ listensOn, allowed: named, origins: [] });
}

/** An address as it is written in `Host`. */
function asHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address.toLowerCase();
}
