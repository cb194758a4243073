import { createFailures } from '../background/failure-reporter.js';
import type { Revocation } from '../sessions/session.js';
import type { RevocationFeed, Watch } from '../sessions/store.js';
import { partitionOf, type Partition, type Wallet } from '../accounts/wallet.js';
import { auditEnds } from './ends.js';
import type { SessionDomain } from './domain.js';

/** How long to wait after the store failed to return the next expiry. */
const RETRY_DELAY = 1000;

/** The state that the watches of a wallet share. */
interface Expiries {
  readonly partition: Partition;
  watchers: number;
  readonly stop: () => void;
}

/** A class, so that all watches share one method: an instance has tens of thousands of them. */
class SharedWatch implements Watch {
  private isStopped = false;

  constructor(
    private readonly watch: Watch,
    private readonly shared: Expiries,
    private readonly leave: (shared: Expiries) => void,
  ) {}

  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.watch.stop();
    this.leave(this.shared);
  }
}

/**
 * Watches the ends of a wallet's sessions. A store removes expired sessions without announcing them. For each watched
 * wallet, one timer therefore waits for the next expiry and has the store announce it. If the wallet has no session, the
 * timer waits for the shortest lifetime of a new one.
 */
export function createRevocationWatch(domain: SessionDomain, feed: RevocationFeed) {
  const { store, policy, clock, stopping, report } = domain;
  const failures = createFailures(
    report,
    'The sessions of a wallet that is watched could not be expired: soon tried again.',
  );
  const shortestLife = Math.min(policy.timeout, policy.absoluteTimeout);
  const expiries = new Map<Partition, Expiries>();

  stopping.addEventListener('abort', () => {
    for (const { stop } of expiries.values()) stop();
  });

  function announceExpiries(wallet: Wallet, partition: Partition): () => void {
    let stopped = stopping.aborted;
    let cancel = () => {};
    const expireAll = async (now: number): Promise<number | undefined> => {
      for (;;) {
        const { ended, next } = await store.expire(partition, now);
        auditEnds(domain, wallet, ended);
        if (next === undefined || next > now || stopped) return next;
      }
    };
    const check = async () => {
      const now = clock.now();
      const delay = await expireAll(now).then(
        (next) => {
          failures.passed(partition);
          // A session that is created later does not expire earlier.
          return next === undefined ? shortestLife : Math.max(0, next - now);
        },
        (error: unknown) => {
          if (!stopped) failures.failed(error, partition);
          return RETRY_DELAY;
        },
      );
      if (!stopped) cancel = clock.schedule(delay, () => void check());
    };
    if (!stopped) void check();
    return () => {
      stopped = true;
      failures.passed(partition);
      cancel();
    };
  }

  return async function watchRevocations(
    wallet: Wallet,
    listener: (revocation: Revocation) => void,
    after?: string,
  ): Promise<Watch> {
    const partition = partitionOf(wallet);
    const watch = await feed.watch(partition, guarded(listener), after);
    const shared = expiries.get(partition) ?? {
      partition,
      watchers: 0,
      stop: announceExpiries(wallet, partition),
    };
    shared.watchers += 1;
    expiries.set(partition, shared);
    return new SharedWatch(watch, shared, leave);
  };

  function leave(shared: Expiries): void {
    shared.watchers -= 1;
    if (shared.watchers > 0) return;
    shared.stop();
    expiries.delete(shared.partition);
  }

  /** If one listener throws, the others are still called. */
  function guarded(listener: (revocation: Revocation) => void) {
    return (revocation: Revocation) => {
      try {
        listener(revocation);
      } catch (error) {
        report(error);
      }
    };
  }
}
