import * as v from 'valibot';
import type { SecretKey } from '../../sessions/key-ring.js';
import { readSessionKeys } from '../../sessions/session-keys.js';
import { duration, integer, text, list } from '../parsers.js';
import { optional, variable } from '../variable.js';
import type { WalletIdentity } from '../../accounts/wallet.js';
import { parseWalletId } from '../../accounts/address.js';

const keys = v.pipe(
  v.string(),
  v.rawTransform<string, readonly SecretKey[]>(({ dataset, addIssue, NEVER }) => {
    const read = readSessionKeys(dataset.value);
    if ('keys' in read) return read.keys;
    addIssue({ message: read.problem });
    return NEVER;
  }),
);

/** Where the service listens, what it keeps on this machine, how it stops. */
export const SERVICE_VARIABLES = {
  HOST: variable(text, 'The address to listen on.', '127.0.0.1'),
  PORT: variable(integer(0, 65_535), 'The port to listen on; 0 takes a free one.', '4000'),
  DATA_DIRECTORY: variable(
    text,
    'Where the embedded store and the development key are kept.',
    '.wallet-sessions',
  ),
  SESSION_KEYS: optional(
    keys,
    'The server’s secrets, newest first: id:base64 of 32 bytes or more, separated by commas. Required ' +
      'in production; else one is made and kept in DATA_DIRECTORY.',
  ),
  SHUTDOWN_DELAY: variable(
    duration(),
    'How long to go on serving after the signal to stop, with /readyz at 503, until load balancers have ' +
      'turned away.',
    '0',
  ),
  SHUTDOWN_TIMEOUT: variable(
    duration(),
    'How long requests under way may take to finish after that.',
    '10s',
  ),
  LOG_LEVEL: variable(
    v.picklist(
      ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
      'must be fatal, error, warn, info, debug or silent',
    ),
    'The least severe entries to log.',
    'info',
  ),
  NODE_ENV: variable(
    text,
    'With production, SESSION_KEYS is required, and INTROSPECTION is off unless set.',
    'development',
  ),
} as const;

const wallets = v.pipe(
  v.string(),
  v.transform(list),
  v.mapItems(parseWalletId),
  v.guard(
    (items): items is WalletIdentity[] => items.every((item) => item !== undefined),
    'must be addresses (0x and 40 hexadecimal digits, checksummed or in one case), or eip155:1:0x… for a ' +
      'contract on a chain, separated by commas',
  ),
);

/** Who may administrate, and how much of the audit log the store keeps. */
export const ADMINISTRATION_VARIABLES = {
  ADMIN_WALLETS: optional(
    wallets,
    'Who may read statistics and everybody’s audit events and end anybody’s sessions: addresses, and ' +
      'eip155:1:0x… for a contract on chain 1, separated by commas.',
  ),
  AUDIT_LOG_SIZE: variable(
    integer(0, 100_000_000),
    'How many of everybody’s audit events the store keeps, for administrators, and a tenth of that each of what tokens and of what strangers can repeat at will; 0 keeps none.',
    '100000',
  ),
  AUDIT_LOG_SIZE_PER_WALLET: variable(
    integer(0, 10_000),
    'How many audit events the store keeps of each wallet, for its owner; of the refreshes of a session, the newest. 0 keeps none.',
    '100',
  ),
  AUDIT_LOG_RETENTION: variable(
    duration(1000),
    'How long the store keeps audit events. The structured log has all of them.',
    '30d',
  ),
} as const;

/** Where Prometheus reads how the service does. */
export const METRICS_VARIABLES = {
  METRICS_PORT: optional(
    integer(0, 65_535),
    'The port to serve Prometheus metrics at, under /metrics; 0 takes a free one. Without it there are none, ' +
      'and nothing is measured.',
  ),
  METRICS_HOST: variable(
    text,
    'The address to serve metrics at. They are for whoever can reach it: keep it off the public network.',
    '127.0.0.1',
  ),
} as const;
