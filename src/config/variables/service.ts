import * as v from 'valibot';
import type { SecretKey } from '../../sessions/key-ring.js';
import { readSessionKeys } from '../../sessions/session-keys.js';
import { duration } from '../forms/duration.js';
import { integer, text } from '../forms/text.js';
import { optional, variable } from '../variable.js';

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
