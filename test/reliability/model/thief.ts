import fc from 'fast-check';
import { WalletSessionsError, type ErrorCode } from '../../../src/errors.js';
import type { SessionLifecycle } from '../../../src/lifecycle/session-lifecycle.js';
import type { SessionGrant } from '../../../src/sessions/session.js';
import { pick } from './model.js';

/** What a thief does who has the tokens of sessions, and never the key of their wallet. */
export interface Move {
  readonly kind: 'refresh' | 'logout' | 'logoutAll' | 'logoutOthers';
  /** Which of the stolen sessions acts. */
  readonly by: number;
  /** Which session a logout is for, of all that there are. */
  readonly of: number;
  /** On which of two instances. */
  readonly instance: 0 | 1;
}

export const anyMoves: fc.Arbitrary<Move[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('refresh', 'logout', 'logoutAll', 'logoutOthers'),
    by: fc.nat({ max: 5 }),
    of: fc.nat({ max: 5 }),
    instance: fc.constantFrom(0, 1),
  }),
  { maxLength: 12 },
);

/** What the thief may be answered. Anything else is a fault of the service. */
const ANSWERS: readonly ErrorCode[] = [
  'UNAUTHENTICATED',
  'REAUTHENTICATION_REQUIRED',
  'REFRESH_TOKEN_INVALID',
  'SESSION_NOT_FOUND',
];

/**
 * Makes a move. The grant that a refresh gives takes the place of the one it was made with.
 * @param known the sessions whose ids the thief knows: those that are stolen, and any that a list has shown
 */
export async function make(
  { kind, by, of, instance }: Move,
  stolen: SessionGrant[],
  known: readonly SessionGrant[],
  instances: readonly [SessionLifecycle, SessionLifecycle],
): Promise<void> {
  const sessions = instances[instance];
  const own = pick(stolen, by);
  const other = pick(known, of);
  if (own === undefined || other === undefined) return;
  try {
    if (kind === 'refresh') {
      stolen[stolen.indexOf(own)] = await sessions.refresh(own.refreshToken, {});
    } else if (kind === 'logout') {
      await sessions.logout(own.session, other.session.id, {});
    } else {
      await sessions.logoutAll(own.session, { keepCurrent: kind === 'logoutOthers' }, {});
    }
  } catch (error) {
    if (!(error instanceof WalletSessionsError && ANSWERS.includes(error.code))) throw error;
  }
}
