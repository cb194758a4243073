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

/** Address, data directory, keys, shutdown and log. */
export const SERVICE_VARIABLES = {
  HOST: variable(text, 'The address to listen on.', '127.0.0.1'),
  PORT: variable(integer(0, 65_535), 'The port to listen on; 0 selects a free port.', '4000'),
  DATA_DIRECTORY: variable(
    text,
    'The directory of the embedded store and the development key.',
    '.wallet-sessions',
  ),
  SESSION_KEYS: optional(
    keys,
    'The server’s secrets, newest first: id:base64 of at least 32 bytes, separated by commas. Required ' +
      'in production; otherwise the service generates one and stores it in DATA_DIRECTORY.',
  ),
  SHUTDOWN_DELAY: variable(
    duration(),
    'How long the service keeps serving after the signal to stop, with /readyz answering 503, so that load ' +
      'balancers can stop sending requests.',
    '0',
  ),
  SHUTDOWN_TIMEOUT: variable(
    duration(),
    'How long requests in progress may take to finish after SHUTDOWN_DELAY.',
    '10s',
  ),
  LOG_LEVEL: variable(
    v.picklist(
      ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
      'must be fatal, error, warn, info, debug or silent',
    ),
    'The minimum severity of log entries.',
    'info',
  ),
  NODE_ENV: variable(
    text,
    'With production, SESSION_KEYS is required, and INTROSPECTION defaults to false.',
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

/** Administrators and the size of the audit log. */
export const ADMINISTRATION_VARIABLES = {
  ADMIN_WALLETS: optional(
    wallets,
    'The wallets that may read statistics and all audit events and end the sessions of any wallet: addresses, or ' +
      'eip155:1:0x… for a contract on chain 1, separated by commas.',
  ),
  AUDIT_LOG_SIZE: variable(
    integer(0, 100_000_000),
    'Maximum number of audit events of all wallets that the store keeps for administrators. Events that tokens can ' +
      'repeat at will, and events that anybody can, are limited to a tenth of it each. 0 keeps none.',
    '100000',
  ),
  AUDIT_LOG_SIZE_PER_WALLET: variable(
    integer(0, 10_000),
    'Maximum number of audit events per wallet that the store keeps for its owner. Only the latest refresh of each ' +
      'session is kept. 0 keeps none.',
    '100',
  ),
  AUDIT_LOG_RETENTION: variable(
    duration(1000),
    'How long the store keeps audit events. The structured log contains all of them.',
    '30d',
  ),
} as const;

/** Prometheus metrics. */
export const METRICS_VARIABLES = {
  METRICS_PORT: optional(
    integer(0, 65_535),
    'The port that serves Prometheus metrics at /metrics; 0 selects a free port. If it is not set, the service ' +
      'measures nothing.',
  ),
  METRICS_HOST: variable(
    text,
    'The address that serves metrics. Everybody who can reach it can read them: keep it off the public network.',
    '127.0.0.1',
  ),
} as const;
