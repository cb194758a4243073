import * as v from 'valibot';
import { isProxyList, PROXY_LIST } from '../../http/trusted-proxies.js';
import { duration, integer, list, origins, boolean } from '../parsers.js';
import { optional, variable } from '../variable.js';

const MEBIBYTE = 2 ** 20;

/** Who may call over HTTP and WebSocket, and how much at once. */
export const TRANSPORT_VARIABLES = {
  TRUSTED_PROXIES: variable(
    v.pipe(
      v.string(),
      v.transform((proxies) => (proxies === 'none' ? [] : list(proxies))),
      v.check(isProxyList, PROXY_LIST),
    ),
    'Whose X-Forwarded-For is believed: addresses, subnets, loopback, linklocal or uniquelocal.',
    'none',
  ),
  CORS_ORIGINS: optional(
    origins,
    'The web origins whose pages may call the API and open WebSockets, separated by commas. Default: those of SIGN_IN_ORIGINS.',
  ),
  COOKIES: variable(
    boolean,
    'Whether the tokens of browsers go in cookies that scripts cannot read, and the service refreshes their sessions by itself.',
    'false',
  ),
  MESSAGE_LIMIT: variable(
    integer(1024, 16 * MEBIBYTE),
    'The longest request body and WebSocket message, in bytes.',
    '100000',
  ),
  WEBSOCKET_INIT_TIMEOUT: variable(
    duration(1),
    'How long a new WebSocket may take to say hello (connection_init).',
    '3s',
  ),
  WEBSOCKET_OPERATION_LIMIT: variable(
    integer(0, 100_000),
    'Operations of one WebSocket, under way and subscriptions; 0 means no limit.',
    '50',
  ),
  WEBSOCKET_SUBSCRIPTION_LIMIT_PER_SESSION: variable(
    integer(0, 1_000_000),
    'Subscriptions of one session at one instance; 0 means no limit.',
    '100',
  ),
  WEBSOCKET_SUBSCRIPTION_LIMIT_PER_IP: variable(
    integer(0, 10_000_000),
    'Subscriptions of one IPv4 address or IPv6 /64 at one instance; 0 means no limit.',
    '2000',
  ),
  WEBSOCKET_SUBSCRIPTION_LIMIT: variable(
    integer(0, 10_000_000),
    'Subscriptions at one instance; 0 means no limit.',
    '20000',
  ),
  WEBSOCKET_LIMIT_PER_SESSION: variable(
    integer(0, 100_000),
    'WebSockets of one session at one instance; 0 means no limit.',
    '50',
  ),
  WEBSOCKET_LIMIT_PER_IP: variable(
    integer(0, 1_000_000),
    'WebSockets of one IPv4 address or IPv6 /64 at one instance; 0 means no limit.',
    '1000',
  ),
  WEBSOCKET_LIMIT: variable(
    integer(0, 10_000_000),
    'WebSockets at one instance; 0 means no limit.',
    '20000',
  ),
  WEBSOCKET_MEMORY_PER_IP: variable(
    integer(0, 1024 * 1024 * MEBIBYTE),
    'Bytes of memory that WebSocket messages of one IPv4 address or IPv6 /64 take at one instance until they are dealt with, those of subscriptions until their end: 4 KiB and 2 for each character; 0 means no limit.',
    String(16 * MEBIBYTE),
  ),
  WEBSOCKET_MEMORY: variable(
    integer(0, 1024 * 1024 * MEBIBYTE),
    'Bytes of memory that all WebSocket messages take at one instance until they are dealt with; 0 means no limit.',
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

/** Which hosts the service answers for, and how much it takes from clients before it has answered. */
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
    'How long a whole request may take to arrive, with its body. An overdue request is answered with 408.',
    '30s',
  ),
  CONCURRENT_BODY_LIMIT_PER_IP: variable(
    integer(0, 1_000_000),
    'Request bodies that may be arriving at one time from one IPv4 address or IPv6 /64; one more is refused with ' +
      '429 TOO_MANY_REQUESTS; 0 means no limit. Each takes up to MESSAGE_LIMIT bytes of memory.',
    '100',
  ),
  CONCURRENT_BODY_LIMIT: variable(
    integer(0, 1_000_000),
    'Request bodies that may be arriving at one time in all; one more is refused with 503 OVERLOADED; 0 means no limit.',
    '1000',
  ),
  CONNECTION_LIMIT_PER_IP: variable(
    integer(0, 1_000_000),
    'Open connections of one IPv4 address or IPv6 /64, WebSockets among them; one more is closed at once; 0 means no ' +
      'limit. Connections of TRUSTED_PROXIES do not count.',
    '2000',
  ),
  CONNECTION_LIMIT: variable(
    integer(0, 1_000_000),
    'Open connections in all; one more is closed at once; 0 means no limit.',
    '20000',
  ),
} as const;
