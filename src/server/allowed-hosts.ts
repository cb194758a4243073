import { isLoopback } from '../loopback.js';
import { RequestRefused } from './refusal.js';
import type { Target } from './request-target.js';

/** @throws RequestRefused 421 `HOST_NOT_ALLOWED` */
export type AssertHost = (target: Target) => void;

export interface HostRule {
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
