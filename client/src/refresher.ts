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
   * Replaces this grant if it is still current. Concurrent calls share one exchange; there is none if another tab has
   * already refreshed. Signs the client out if the service refuses the token.
   * @throws NetworkError, RefusedError if the exchange failed for another reason; the grant is kept
   */
  refresh(stale: Grant): Promise<void>;
  /** Resolves to the current grant when no exchange is running. */
  settled(): Promise<Grant | undefined>;
  /** Stops automatic refreshes. A running one continues. */
  stop(): void;
}

/** Number of attempts of a refresh in a row. If a response is lost, the service returns the same tokens or new ones. */
const ATTEMPTS = 3;

/** Timers stop while a machine sleeps, so the clock is checked this often, in milliseconds. */
const MAX_NAP = 60_000;

/**
 * Refreshes the session in its refresh window and on request.
 * @param lockName the name of the lock that clients of one session share
 * @param lastWord resolves when no further message about the end of the session is expected
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
  /** The service said when to retry: until then no refresh is sent. */
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
        // The service refuses without a reason, which only subscribers receive.
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
        // No retry follows.
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

/** Whether a retry may succeed soon. If the service says when to retry, the client waits until then. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof NetworkError || (hasCode(error, 'SERVICE_UNAVAILABLE') && !error.retryAfter)
  );
}

/**
 * Milliseconds until the refresh is due: when the window opens, but not before half of the grant's lifetime has
 * passed, however wide the window is. A session at its absolute timeout cannot be extended: it is due when it expires.
 */
function timeUntilDue(grant: Grant, now: number): number {
  const { refreshFrom, expiresAt, absoluteExpiresAt } = grant.session;
  const end = timeUntil(expiresAt, grant, now);
  if (expiresAt === absoluteExpiresAt) return end;
  const start = timeUntil(grant.issuedAt, grant, now);
  return Math.max(timeUntil(refreshFrom, grant, now), (start + end) / 2);
}
