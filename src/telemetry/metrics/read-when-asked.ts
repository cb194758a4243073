import { Counter, Gauge, type Registry } from 'prom-client';
import type { RefusedConnections } from '../../server/bounded-server.js';
import type { ServerLoad } from '../../websocket/socket-server.js';
import type { SessionLifecycle } from '../../lifecycle/session-lifecycle.js';

/** Existing counters, which are read only on a scrape. */
export interface Readings {
  readonly sessions: Pick<SessionLifecycle, 'nearCache' | 'validations'>;
  readonly load: () => ServerLoad;
  /** Milliseconds by which the store's clock is ahead of this instance's. */
  readonly clockAhead: () => number;
  readonly refusedConnections: () => RefusedConnections;
}

/** Exposes existing counters. They are absent until the service has started. */
export function offerReadings(registry: Registry): (readings: Readings) => void {
  let read: Readings | undefined;
  const registers = [registry];

  new Counter({
    name: 'wallet_sessions_validations_total',
    help: 'Validations of sessions, by source (near_cache or store) and outcome.',
    labelNames: ['answered_by', 'outcome'],
    registers,
    collect() {
      this.reset();
      if (read === undefined) return;
      const { hits } = read.sessions.nearCache();
      this.inc({ answered_by: 'near_cache', outcome: 'valid' }, hits);
      for (const [outcome, count] of Object.entries(read.sessions.validations())) {
        this.inc({ answered_by: 'store', outcome }, count);
      }
    },
  });

  new Gauge({
    name: 'wallet_sessions_near_cache_sessions',
    help: 'Validated sessions in memory.',
    registers,
    collect() {
      this.set(read?.sessions.nearCache().size ?? 0);
    },
  });

  const nearCacheCounter = (
    name: string,
    help: string,
    count: keyof ReturnType<SessionLifecycle['nearCache']>,
  ) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read?.sessions.nearCache()[count] ?? 0);
      },
    });
  nearCacheCounter(
    'wallet_sessions_near_cache_hits_total',
    'Validations that were answered from memory.',
    'hits',
  );
  nearCacheCounter(
    'wallet_sessions_near_cache_misses_total',
    'Validations, and checks of sockets, that read the store.',
    'misses',
  );
  nearCacheCounter(
    'wallet_sessions_near_cache_evictions_total',
    'Sessions that were dropped from memory to make room for others: if there are many, raise NEAR_CACHE_SIZE.',
    'evicted',
  );
  nearCacheCounter(
    'wallet_sessions_near_cache_invalidations_total',
    'Sessions that were dropped from memory because the store reported a change.',
    'invalidated',
  );
  nearCacheCounter(
    'wallet_sessions_near_cache_doubts_total',
    'How often all sessions were dropped from memory, because a report of the store may have been missed.',
    'emptied',
  );

  new Counter({
    name: 'wallet_sessions_refused_connections_total',
    help: 'Connections that were closed unread, by the exceeded limit: network (CONNECTION_LIMIT_PER_IP) or instance (CONNECTION_LIMIT).',
    labelNames: ['limit'],
    registers,
    collect() {
      this.reset();
      const { network, instance } = read?.refusedConnections() ?? { network: 0, instance: 0 };
      this.inc({ limit: 'network' }, network);
      this.inc({ limit: 'instance' }, instance);
    },
  });

  new Gauge({
    name: 'wallet_sessions_sockets',
    help: 'Open WebSockets.',
    registers,
    collect() {
      this.set(read?.load().sockets ?? 0);
    },
  });
  new Gauge({
    name: 'wallet_sessions_subscriptions',
    help: 'Active subscriptions.',
    registers,
    collect() {
      this.set(read?.load().subscriptions ?? 0);
    },
  });
  new Gauge({
    name: 'wallet_sessions_socket_message_bytes',
    help: 'Memory of WebSocket messages that are still being processed, including active subscriptions, as WEBSOCKET_MEMORY counts it.',
    registers,
    collect() {
      this.set(read?.load().messageMemory ?? 0);
    },
  });

  new Gauge({
    name: 'wallet_sessions_clock_skew_seconds',
    help: 'Seconds by which the clock of this instance is ahead of the clock of the store, which sessions use.',
    registers,
    collect() {
      this.set(-(read?.clockAhead() ?? 0) / 1000 + 0);
    },
  });

  return (readings) => {
    read = readings;
  };
}
