import { Histogram, type Registry } from 'prom-client';
import type { Clock } from '../../clock.js';
import type { RevocationFeed } from '../../sessions/store.js';

/** Seconds: from what Redis takes to tell, to what a connection takes that has to be made anew. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30];

/** Measures how long revocations take to those who watch: subscriptions, and sockets that are closed by them. */
export function measureRevocations(registry: Registry, clock: Clock) {
  const delays = new Histogram({
    name: 'wallet_sessions_revocation_delay_seconds',
    help:
      'How long after its end a session’s revocation reached each subscription and socket at this instance, ' +
      'by the clocks of the two instances.',
    buckets: BUCKETS,
    registers: [registry],
  });
  return (feed: RevocationFeed): RevocationFeed => ({
    ...feed,
    async watch(partition, listener, after) {
      // What a watcher missed who comes back was not late: the watcher was away.
      let isCurrent = false;
      const watch = await feed.watch(
        partition,
        (revocation) => {
          if (isCurrent) delays.observe(Math.max(0, clock.now() - revocation.revokedAt) / 1000);
          listener(revocation);
        },
        after,
      );
      isCurrent = true;
      return watch;
    },
  });
}
