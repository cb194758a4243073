import type { Warning } from '../errors.js';
import { randomUUID } from 'node:crypto';
import { copyString } from '../copy-string.js';
import type { ClientInfo } from '../sessions/session.js';
import { visibleText } from '../visible-text.js';
import { createClientAddress } from './client-address.js';
import type { RequestHead } from './request-head.js';

/** In characters. Browsers send about 120. */
const MAX_USER_AGENT_LENGTH = 256;

/**
 * Creates a function that reads the client of a request.
 * @param trustedProxies addresses, subnets or `loopback`, `linklocal`, `uniquelocal`, from which `X-Forwarded-For` is
 * trusted. If a framework has read the address by its own setting, such as `trust proxy` of Express, that address is used.
 * @param warn receives a warning, once for each kind, if a proxy is not configured or sends no IP address
 */
export function createRequestSource(
  trustedProxies: readonly string[],
  warn: (warning: Warning) => void,
) {
  const addressOf = createClientAddress(trustedProxies, warn);
  return (request: RequestHead): ClientInfo => ({
    ipAddress: addressOf(request),
    userAgent: userAgentOf(request.headers['user-agent']),
    requestId: requestIdOf(request),
  });
}

/** Node.js reads headers as Latin-1, in which the bytes 0x80 to 0x9f are controls that terminals obey. */
function userAgentOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const visible = visibleText(header);
  return visible.length <= MAX_USER_AGENT_LENGTH
    ? visible
    : copyString(visible.slice(0, MAX_USER_AGENT_LENGTH));
}

/** The id that the application or a proxy gave the request if it has the form of an id, otherwise a new one. */
function requestIdOf({ headers, id }: RequestHead): string {
  const given = id ?? headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
}
