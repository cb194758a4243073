import type { IncomingMessage } from 'node:http';
import { RequestRefused } from './refusal.js';

/** `host[:port]` of a URI (RFC 3986 §3.2) without a user name; an IPv6 address is in brackets. */
const AUTHORITY = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::(\d*))?$/i;

/** The absolute form of a request target, in the schemes of HTTP. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;

/** Where a request is directed. */
export interface Target {
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
