import proxyAddress from 'proxy-addr';
import * as v from 'valibot';
import type { SettingType } from '../options.js';
import { list, text } from '../setting-types.js';
import { Warning } from '../errors.js';
import ipaddr from 'ipaddr.js';
import { isIP, isIPv4 } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { copyString } from '../copy-string.js';

/** Proxies, as proxy-addr names them. */
export const proxies = listOfProxies();

function listOfProxies(): SettingType<readonly string[]> {
  const names = 'addresses, subnets, loopback, linklocal or uniquelocal';
  const { form, schema } = list(text, names);
  return { form, schema: v.pipe(schema, v.check(isProxyList, `must be ${names}`)) };
}

function isProxyList(items: readonly string[]): boolean {
  try {
    proxyAddress.compile([...items]);
    return true;
  } catch {
    return false;
  }
}

/** Returns a test whether an address belongs to one of these {@link proxies}. */
export function createProxyTest(proxies: readonly string[]): (address: string) => boolean {
  if (proxies.length === 0) return () => false;
  const trusts = proxyAddress.compile([...proxies]);
  return (address) => trusts(address, 0);
}

/** The parts of a request that are read. */
interface AddressedRequest extends Pick<IncomingMessage, 'headers'> {
  /** Missing in requests that tests and adapters construct. */
  readonly socket?: Pick<IncomingMessage['socket'], 'remoteAddress'> | undefined;
  /** The address that a framework has read by its own setting, like `trust proxy` of Express. */
  readonly ip?: string | undefined;
  /** The application of Express. */
  readonly app?: unknown;
}

/** In characters: about 60 proxies in a row. */
const MAX_FORWARDED_FOR_LENGTH = 1000;

/** An IPv4 address that is mapped into IPv6: what Node.js reports on a socket that listens on both. */
const MAPPED = '::ffff:';

/** `203.0.113.7:50123` and `[2001:db8::7]:50123`: some proxies write the port beside the address. */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+):\d+|\[([\da-f:.]+)\](?::\d+)?)$/i;

/** Longer than any address with a zone and a port. */
const MAX_ADDRESS_LENGTH = 100;

const NOBODY_TRUSTED =
  'A request has an X-Forwarded-For header, but no proxy is trusted, so all clients behind a proxy have its address and ' +
  'share its rate limits. Name your proxies in TRUSTED_PROXIES, in the option trustedProxies, or in "trust proxy" of ' +
  'Express. If there is no proxy, a client made the header up, and it has no effect. (Reported once.)';

const INVALID_HOP =
  'A trusted proxy sent something other than an IP address in X-Forwarded-For. It was ignored: the client has the ' +
  'address of that proxy. (Reported once.)';

/**
 * Reads the client's address of a request, in one form ({@link canonicalAddress}).
 * @param trustedProxies see `createRequestSource`
 * @param warn receives a {@link Warning} once for each kind of misconfigured proxy
 */
export function createClientAddress(
  trustedProxies: readonly string[],
  warn: (warning: Warning) => void,
): (request: AddressedRequest) => string | undefined {
  const trusts = proxyAddress.compile([...trustedProxies]);
  const warned = new Set<string>();
  const warnOnce = (message: string) => {
    if (warned.has(message)) return;
    warned.add(message);
    warn(new Warning(message));
  };

  return (request) => {
    const { ip, socket, headers } = request;
    const peer = unmapped(socket?.remoteAddress);
    const forwarded = headers['x-forwarded-for'];
    if (ip !== undefined) {
      if (forwarded !== undefined && trustsNobody(request.app)) warnOnce(NOBODY_TRUSTED);
      const address = canonicalAddress(ip);
      if (address === undefined) warnOnce(INVALID_HOP);
      return address ?? peer;
    }
    if (typeof forwarded !== 'string') return peer;
    if (trustedProxies.length === 0) {
      warnOnce(NOBODY_TRUSTED);
      return peer;
    }

    // Each proxy appends the address of its peer, so the list is read from its end, as far as proxies are trusted.
    let client = peer;
    let distance = 0;
    for (const hop of nearestHops(forwarded)) {
      if (client === undefined || !trusts(client, distance)) break;
      distance += 1;
      const address = canonicalAddress(hop);
      if (address === undefined) {
        warnOnce(INVALID_HOP);
        break;
      }
      // A slice of the header would keep all of it in memory.
      client = copyString(address);
    }
    return client;
  };
}

/**
 * The one form in which an IP address is stored, counted and shown: IPv4 in dotted decimals, also if it was mapped into
 * IPv6 (RFC 4291 §2.5.5.2), and IPv6 in the form of RFC 5952, without a port. `undefined` for anything else.
 */
function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (text.length > MAX_ADDRESS_LENGTH) return undefined;
  const [, ipv4, ipv6] = WITH_PORT.exec(text) ?? [];
  const address = ipv4 ?? ipv6 ?? text;
  if (isIP(address) === 0) return undefined;
  return isIPv4(address) ? address : ipaddr.process(address).toString();
}

/** The address of a socket has its canonical form, except that it may be mapped. */
function unmapped(address: string | undefined): string | undefined {
  if (address?.startsWith(MAPPED) !== true) return address;
  const ipv4 = address.slice(MAPPED.length);
  return isIPv4(ipv4) ? ipv4 : address;
}

/** The entries from the nearest to the farthest. What is cut off is the part that the client could make up. */
function nearestHops(header: string): string[] {
  const end = header.slice(-MAX_FORWARDED_FOR_LENGTH);
  const whole = end.length === header.length ? end : end.slice(end.indexOf(',') + 1);
  return whole
    .split(',')
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '')
    .reverse();
}

/** Whether an application of Express reads addresses and trusts no proxy. */
function trustsNobody(app: unknown): boolean {
  const { enabled } = (app ?? {}) as { enabled?: unknown };
  if (typeof enabled !== 'function') return false;
  return !(enabled.call(app, 'trust proxy') as boolean);
}
