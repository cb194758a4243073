import { createFailures, type Failures } from '../background/failure-reporter.js';
import type { Revocation } from '../sessions/session.js';
import type { RevocationFeed, Watch } from '../sessions/store.js';
import { partitionOf, type Partition, type Wallet } from '../accounts/wallet.js';
import { auditEnds } from './ends.js';
import type { SessionDomain } from './domain.js';

/** How long to wait after the store failed to return the next expiry. */
const RETRY_DELAY = 1000;

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

/** What the {@link Expiries} of all wallets share. */
interface ExpiryWork {
  readonly domain: SessionDomain;
  readonly failures: Failures;
  /** Milliseconds in which no session expires that is created from now on. */
  readonly shortestLife: number;
}

/** Announces the expiries of a wallet's sessions, for all watches of the wallet. A class for the same reason. */
class Expiries {
  watchers = 0;
  private stopped: boolean;
  private cancel: (() => void) | undefined = undefined;

  constructor(
    private readonly work: ExpiryWork,
    private readonly wallet: Wallet,
    readonly partition: Partition,
  ) {
    this.stopped = work.domain.stopping.aborted;
    if (!this.stopped) void this.check();
  }

  stop(): void {
    this.stopped = true;
    this.work.failures.passed(this.partition);
    this.cancel?.();
  }

  private async check(): Promise<void> {
    const { domain, failures, shortestLife } = this.work;
    const now = domain.clock.now();
    const delay = await this.expireAll(now).then(
      (next) => {
        failures.passed(this.partition);
        // A session that is created later does not expire earlier.
        return next === undefined ? shortestLife : Math.max(0, next - now);
      },
      (error: unknown) => {
        if (!this.stopped) failures.failed(error, this.partition);
        return RETRY_DELAY;
      },
    );
    if (!this.stopped) this.cancel = domain.clock.schedule(delay, () => void this.check());
  }

  /** Resolves to the time of the next expiry. */
  private async expireAll(now: number): Promise<number | undefined> {
    const { domain } = this.work;
    for (;;) {
      const { ended, next } = await domain.store.expire(this.partition, now);
      auditEnds(domain, this.wallet, ended);
      if (next === undefined || next > now || this.stopped) return next;
    }
  }
}

/**
 * Watches the ends of a wallet's sessions. A store removes expired sessions without announcing them. For each watched
 * wallet, one timer therefore waits for the next expiry and has the store announce it. If the wallet has no session, the
 * timer waits for the shortest lifetime of a new one.
 */
export function createRevocationWatch(domain: SessionDomain, feed: RevocationFeed) {
  const { policy, stopping, report } = domain;
  const work: ExpiryWork = {
    domain,
    failures: createFailures(
      report,
      'The sessions of a wallet that is watched could not be expired: soon tried again.',
    ),
    shortestLife: Math.min(policy.timeout, policy.absoluteTimeout),
  };
  const expiries = new Map<Partition, Expiries>();

  stopping.addEventListener('abort', () => {
    for (const shared of expiries.values()) shared.stop();
  });

  return async function watchRevocations(
    wallet: Wallet,
    listener: (revocation: Revocation) => void,
    after?: string,
  ): Promise<Watch> {
    const partition = partitionOf(wallet);
    const watch = await feed.watch(partition, guarded(listener), after);
    const shared = expiries.get(partition) ?? new Expiries(work, wallet, partition);
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
