import * as v from 'valibot';
import { LIMIT_POLICIES } from '../../sessions/policy.js';
import { duration } from '../forms/duration.js';
import { integer } from '../forms/text.js';
import { variable } from '../variable.js';

/** Milliseconds: shorter, and the proofs of the near-cache would cost more than it saves. */
const MIN_BOUND = 100;

/** How long sessions live, how many there are, and what is kept of them in memory. */
export const SESSIONS_VARIABLES = {
  SESSION_TIMEOUT: variable(
    duration(1000),
    'The idle timeout: how long a session lives without a refresh.',
    '2h',
  ),
  SESSION_REFRESH_WINDOW: variable(
    duration(),
    'How long before the idle timeout a client should refresh.',
    '30m',
  ),
  SESSION_ABSOLUTE_TIMEOUT: variable(
    duration(1000),
    'How long a session lives however often it is refreshed.',
    '30d',
  ),
  SESSION_REFRESH_GRACE: variable(
    duration(),
    'How long a repeated refresh gets the same tokens, until they are refreshed in turn.',
    '30s',
  ),
  SESSION_LIMIT: variable(
    integer(0, 10_000),
    'Concurrent sessions per wallet; 0 means no limit.',
    '10',
  ),
  SESSION_LIMIT_POLICY: variable(
    v.picklist(LIMIT_POLICIES, `must be ${LIMIT_POLICIES.join(' or ')}`),
    'What a sign-in over the limit does: end-next-to-expire (as a rule, the session unused for longest) or refuse-new.',
    'end-next-to-expire',
  ),
  SESSION_LAST_SEEN_INTERVAL: variable(
    duration(1000),
    'The least time between two updates of a session’s last-seen time.',
    '1m',
  ),
  FRESH_AUTHENTICATION_WINDOW: variable(
    duration(1000),
    'How long after its wallet signed a session may do what needs a fresh signature.',
    '5m',
  ),
  NEAR_CACHE_SIZE: variable(
    integer(0, 10_000_000),
    'The most validated sessions kept in memory, so that their next requests ask nobody; 0 keeps none.',
    '50000',
  ),
  NEAR_CACHE_BOUND: variable(
    v.pipe(
      duration(),
      v.check(
        (bound) => bound === 0 || bound >= MIN_BOUND,
        'must be 0 or a duration of at least 100ms',
      ),
    ),
    'How long a session ended elsewhere can still pass, should the word of its end get lost on the way ' +
      'from Redis; 0 keeps none in memory. As a rule the word is there far sooner.',
    '1s',
  ),
} as const;
