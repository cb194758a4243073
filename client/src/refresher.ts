import type { Clock } from './clock.js';
import { hasCode, NetworkError, RefusedError } from './errors.js';
import { RefreshDocument } from './generated/documents.js';
import type { Events } from './events.js';
import type { GrantKeeper, KeeperEvents } from './grant-keeper.js';
import { exclusively } from './lock.js';
import type { Post } from './post.js';
import { askedDelay, retryDelay } from './retry-delay.js';
import { isSame, timeUntil, toGrant, type Grant } from './session.js';
import { onWake } from './surroundings.js';

export interface Refresher {
  /**
   * Sees to it that this grant is no longer the current one: one exchange however many ask, none where
   * another tab has made it. The session may end by it.
   * @throws NetworkError, RefusedError where the service could not decide; nothing is lost
   */
  refresh(stale: Grant): Promise<void>;
  /** Resolves to the current grant when no exchange is under way. */
  settled(): Promise<Grant | undefined>;
  /** Refreshes when asked alone; one that is under way goes on. */
  stop(): void;
}

/** How often a refresh is tried in a row: an answer may be lost, and the service repeats or replaces it. */
const ATTEMPTS = 3;

/** Timers stand still while a machine sleeps, so look at the clock this often, in milliseconds. */
const MAX_NAP = 60_000;

/**
 * Refreshes the session in its refresh window, and when asked.
 * @param lockName the name of the lock that clients of one session share
 * @param lastWord resolves once nobody is expected to say any more why the session ended
 */
export function createRefresher(
  keeper: GrantKeeper,
  post: Post,
  clock: Clock,
  lockName: string | undefined,
  events: Events<KeeperEvents>,
  lastWord: () => Promise<unknown>,
): Refresher {
  let underWay: Promise<void> | undefined;
  /** The service said when to come back: until then nobody asks it, however many want to. */
  let barred: { readonly until: number; readonly error: RefusedError } | undefined;

  async function refresh(stale: Grant): Promise<void> {
    if (!isSame(keeper.current, stale)) return;
    if (barred && clock.now() < barred.until) throw barred.error;
    underWay ??= exclusively(lockName, () => replace(stale)).finally(() => {
      underWay = undefined;
    });
    await underWay;
  }

  async function replace(stale: Grant): Promise<void> {
    await keeper.reload();
    if (isSame(keeper.current, stale)) await exchange(stale, 1);
  }

  async function exchange(grant: Grant, attempt: number): Promise<void> {
    const { refreshToken, session } = grant;
    try {
      const answer = await post(RefreshDocument, { refreshToken });
      // Meanwhile the session may have ended, or another sign-in may have taken its place.
      if (isSame(keeper.current, grant)) await keeper.take(toGrant(answer.refresh, clock.now()));
    } catch (error) {
      if (hasCode(error, 'REFRESH_TOKEN_INVALID')) {
        const expired = timeUntil(session.expiresAt, grant, clock.now()) <= 0;
        // The service refuses without a reason; its subscribers are told.
        await lastWord();
        await keeper.end({ sessionId: session.id, reason: expired ? 'EXPIRED' : 'REVOKED' });
      } else if (attempt < ATTEMPTS && isPassing(error)) {
        await new Promise<void>((resolve) => clock.schedule(retryDelay(attempt), resolve));
        await exchange(grant, attempt + 1);
      } else {
        if (error instanceof RefusedError && error.retryAfter) {
          barred = { until: clock.now() + askedDelay(error.retryAfter), error };
        }
        throw error;
      }
    }
  }

  let cancel = () => {};
  let failures = 0;
  let stopped = false;

  function look() {
    cancel();
    const { current } = keeper;
    if (stopped || !current) return;
    const now = clock.now();
    const wait = Math.max(timeUntilDue(current, now), (barred?.until ?? now) - now);
    if (wait > 0) {
      cancel = clock.schedule(Math.min(wait, MAX_NAP), look, true);
      return;
    }
    refresh(current).then(
      () => {
        failures = 0;
        look();
      },
      (error: unknown) => {
        // It is not tried again.
        if (stopped) return;
        events.emit('error', error);
        failures += 1;
        cancel();
        cancel = clock.schedule(retryDelay(failures), look, true);
      },
    );
  }

  events.on('change', look);
  const stopWaking = onWake(look);
  return {
    refresh,
    async settled() {
      await keeper.ready;
      await underWay?.catch(() => {});
      return keeper.current;
    },
    stop() {
      stopped = true;
      stopWaking();
      cancel();
    },
  };
}

/** What the next try may get past. Where the service says when that is, it is asked then. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof NetworkError || (hasCode(error, 'SERVICE_UNAVAILABLE') && !error.retryAfter)
  );
}

/**
 * How long until the refresh is due: when the window opens, but not before half of the grant's life is
 * over, however wide the window. A session at its absolute timeout cannot be carried further: then its
 * end is what is due.
 */
function timeUntilDue(grant: Grant, now: number): number {
  const { refreshFrom, expiresAt, absoluteExpiresAt } = grant.session;
  const end = timeUntil(expiresAt, grant, now);
  if (expiresAt === absoluteExpiresAt) return end;
  const start = timeUntil(grant.issuedAt, grant, now);
  return Math.max(timeUntil(refreshFrom, grant, now), (start + end) / 2);
}
