import * as v from 'valibot';
import { isProxyList, PROXY_LIST } from '../../http/trusted-proxies.js';
import { duration, integer, list, origins, boolean } from '../parsers.js';
import { optional, variable } from '../variable.js';

const MEBIBYTE = 2 ** 20;

/** Proxies, origins, cookies and WebSocket limits. */
export const TRANSPORT_VARIABLES = {
  TRUSTED_PROXIES: variable(
    v.pipe(
      v.string(),
      v.transform((proxies) => (proxies === 'none' ? [] : list(proxies))),
      v.check(isProxyList, PROXY_LIST),
    ),
    'Proxies whose X-Forwarded-For header is trusted: addresses, subnets, loopback, linklocal or uniquelocal.',
    'none',
  ),
  CORS_ORIGINS: optional(
    origins,
    'The web origins whose pages may call the API and open WebSockets, separated by commas. Default: SIGN_IN_ORIGINS.',
  ),
  COOKIES: variable(
    boolean,
    'Whether browsers get their tokens in HttpOnly cookies, which scripts cannot read. The service then refreshes their sessions automatically.',
    'false',
  ),
  MESSAGE_LIMIT: variable(
    integer(1024, 16 * MEBIBYTE),
    'Maximum size of a request body and of a WebSocket message, in bytes.',
    '100000',
  ),
  WEBSOCKET_INIT_TIMEOUT: variable(
    duration(1),
    'How long a client may take to send connection_init on a new WebSocket.',
    '3s',
  ),
  WEBSOCKET_OPERATION_LIMIT: variable(
    integer(0, 100_000),
    'Maximum number of concurrent operations, including subscriptions, on one WebSocket; 0 means no limit.',
    '50',
  ),
  WEBSOCKET_SUBSCRIPTION_LIMIT_PER_SESSION: variable(
    integer(0, 1_000_000),
    'Maximum number of subscriptions of one session at one instance; 0 means no limit.',
    '100',
  ),
  WEBSOCKET_SUBSCRIPTION_LIMIT_PER_IP: variable(
    integer(0, 10_000_000),
    'Maximum number of subscriptions of one IPv4 address or IPv6 /64 at one instance; 0 means no limit.',
    '2000',
  ),
  WEBSOCKET_SUBSCRIPTION_LIMIT: variable(
    integer(0, 10_000_000),
    'Maximum number of subscriptions at one instance; 0 means no limit.',
    '20000',
  ),
  WEBSOCKET_LIMIT_PER_SESSION: variable(
    integer(0, 100_000),
    'Maximum number of WebSockets of one session at one instance; 0 means no limit.',
    '50',
  ),
  WEBSOCKET_LIMIT_PER_IP: variable(
    integer(0, 1_000_000),
    'Maximum number of WebSockets of one IPv4 address or IPv6 /64 at one instance; 0 means no limit.',
    '1000',
  ),
  WEBSOCKET_LIMIT: variable(
    integer(0, 10_000_000),
    'Maximum number of WebSockets at one instance; 0 means no limit.',
    '20000',
  ),
  WEBSOCKET_MEMORY_PER_IP: variable(
    integer(0, 1024 * 1024 * MEBIBYTE),
    'Maximum memory, in bytes, of unfinished WebSocket messages of one IPv4 address or IPv6 /64 at one instance: 4 KiB per message plus its packets while it arrives, then plus 2 bytes per character until its operation or subscription ends; 0 means no limit.',
    String(16 * MEBIBYTE),
  ),
  WEBSOCKET_MEMORY: variable(
    integer(0, 1024 * 1024 * MEBIBYTE),
    'Maximum memory, in bytes, of all unfinished WebSocket messages at one instance; 0 means no limit.',
    String(128 * MEBIBYTE),
  ),
} as const;

const HOST = /^(?:\*|(?:\[[\da-f:.]+\]|[a-z\d](?:[a-z\d.-]*[a-z\d])?)(?::\d{1,5})?)$/;

const hosts = v.pipe(
  v.string(),
  v.transform((given) => list(given).map((host) => host.toLowerCase())),
  v.nonEmpty('must name at least one host'),
  v.everyItem(
    (host) => HOST.test(host),
    'must be hosts like auth.example.com, [::1] or localhost:4000, separated by commas, or * for any host',
  ),
);

/** Allowed hosts, and limits on connections and requests. */
export const CONNECTION_VARIABLES = {
  ALLOWED_HOSTS: optional(
    hosts,
    'The hosts that requests may name (Host header), separated by commas: auth.example.com allows any port, ' +
      'auth.example.com:8443 that one; * allows any host. Others are refused with 421. Default: any host, unless HOST ' +
      'is a loopback address; then the hosts of SIGN_IN_ORIGINS and CORS_ORIGINS. A service on a loopback address ' +
      'always answers for HOST, localhost, 127.0.0.1 and [::1]. /healthz and /readyz answer for any host.',
  ),
  REQUEST_HEADERS_TIMEOUT: variable(
    duration(1),
    'How long the head of a request may take to arrive. An overdue request is answered with 408.',
    '10s',
  ),
  REQUEST_TIMEOUT: variable(
    duration(1),
    'How long a whole request may take to arrive, with its body. An overdue request is answered with 408. Also how long a ' +
      'WebSocket message may take to arrive; the socket of an overdue one is closed with 1008.',
    '30s',
  ),
  KEEP_ALIVE_TIMEOUT: variable(
    duration(1000),
    'How long a connection is kept open for another request. Set it above the idle timeout of a proxy or load balancer ' +
      'in front (60 seconds in nginx and in Application Load Balancers of AWS): otherwise a request may arrive just when ' +
      'the service closes the connection, and the client gets 502.',
    '75s',
  ),
  CONCURRENT_BODY_LIMIT_PER_IP: variable(
    integer(0, 1_000_000),
    'Maximum number of request bodies being received from one IPv4 address or IPv6 /64; a further one is refused with ' +
      '429 TOO_MANY_REQUESTS; 0 means no limit. Each takes up to MESSAGE_LIMIT bytes of memory.',
    '100',
  ),
  CONCURRENT_BODY_LIMIT: variable(
    integer(0, 1_000_000),
    'Maximum number of request bodies being received in all; a further one is refused with 503 OVERLOADED; 0 means no limit.',
    '1000',
  ),
  CONNECTION_LIMIT_PER_IP: variable(
    integer(0, 1_000_000),
    'Maximum number of open connections, including WebSockets, of one IPv4 address or IPv6 /64; a further one is ' +
      'closed immediately; 0 means no limit. Connections from TRUSTED_PROXIES do not count.',
    '2000',
  ),
  CONNECTION_LIMIT: variable(
    integer(0, 1_000_000),
    'Maximum number of open connections in all; a further one is closed immediately; 0 means no limit.',
    '20000',
  ),
} as const;
