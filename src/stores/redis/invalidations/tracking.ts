import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Invalidations } from '../../../near-cache/near-cache.js';
import type { NotifyInvalidated } from '../../changes.js';
import { rethrowAsUnavailable, type Read, type ReadMany } from '../connection/index.js';
import type { RedisKeys } from '../keys.js';

export interface TrackedReadsOptions {
  readonly keys: RedisKeys;
  /** Milliseconds after which every change has been reported, or nothing that was read is relied on. */
  readonly bound: number;
  readonly notify: NotifyInvalidated;
}

/** Reads of single keys whose schedule changes are reported, on any server. */
export interface TrackedReads extends Pick<Invalidations, 'bound' | 'upToDate'> {
  readonly read: Read;
  stop(): void;
}

export interface TrackingOptions extends TrackedReadsOptions {
  /** The connection on which records are read. */
  readonly reads: Redis;
  /** A connection with RESP2, for invalidation messages only. */
  readonly channel: Redis;
  /** Whether this server owns the key. Only for a master of a cluster. */
  readonly ownsKey?: ((name: string) => boolean) | undefined;
}

/** Tracked reads of one server. */
export interface Tracking extends Pick<Invalidations, 'bound' | 'upToDate'> {
  /** Reads values whose changes Redis reports from then on, if {@link upToDate}. */
  readonly read: ReadMany;
  /** Invalidates everything and sets tracking up again. */
  restart(): void;
  stop(): void;
}

/** The channel on which Redis sends the names of changed keys to a RESP2 connection. */
const CHANNEL = '__redis__:invalidate';

/** Probes that are sent within `bound`, so that a single late one does not invalidate everything. */
const PROBES_PER_BOUND = 4;

/** Milliseconds before a failed attempt to turn tracking on is repeated. */
const RETRY_DELAY = 1000;

/**
 * Turns on `CLIENT TRACKING`, so that Redis reports every change to a key that was read, and keeps verifying that it
 * does.
 *
 * The check is a probe: it reads and changes a key of this instance, and waits for the report. Redis sends reports in
 * order. Once the report of a probe arrives, every change made before the probe began has been reported, and what was
 * read is reliable until `bound` after the probe began. If no report arrives in time, or a connection closes, the
 * listeners are told to invalidate everything, and reads are unreliable until tracking is on and a first probe has
 * succeeded.
 *
 * @see https://redis.io/docs/latest/develop/reference/client-side-caching/
 */
export function trackInvalidations(options: TrackingOptions): Tracking {
  const { reads, channel, keys, bound, notify, ownsKey } = options;
  const instance = randomUUID();
  let probeKey = keys.probe(instance);
  /** The client id of the channel, once it is subscribed. */
  let redirect: number | undefined;
  /** Until when reads are reliable, and when the pending probe began: monotonic times in ms. */
  let reliableUntil = -Infinity;
  let beganAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** Incremented by each `invalidateAll`: asynchronous work of an earlier epoch stops. */
  let epoch = 0;
  let stopped = false;

  function invalidateAll(): void {
    epoch += 1;
    reliableUntil = -Infinity;
    beganAt = undefined;
    clearTimeout(timer);
    notify('all');
  }

  function schedule(delay: number, run: () => void): void {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(run, delay).unref();
  }

  async function openChannel(): Promise<void> {
    redirect = undefined;
    const id = await rethrowAsUnavailable(channel.client('ID'));
    await rethrowAsUnavailable(channel.subscribe(CHANNEL));
    redirect = id;
  }

  async function track(): Promise<void> {
    if (stopped || reads.status !== 'ready' || channel.status !== 'ready') return;
    invalidateAll();
    const current = epoch;
    try {
      if (ownsKey !== undefined) probeKey = findProbeKey(ownsKey);
      if (redirect === undefined) await openChannel();
      if (current !== epoch || redirect === undefined) return;
      // Tracks only keys read by `read` (`OPTIN`): scripts read many others on this connection.
      await rethrowAsUnavailable(reads.client('TRACKING', 'ON', 'REDIRECT', redirect, 'OPTIN'));
      await rethrowAsUnavailable(reads.set(probeKey, ''));
      if (current === epoch) probe();
    } catch {
      // If a connection has closed, its next `ready` event runs this again.
      if (current === epoch) schedule(RETRY_DELAY, () => void track());
    }
  }

  /**
   * Finds a probe key that the server owns by trying hash tags: a cluster assigns keys to slots by their hash tag.
   */
  function findProbeKey(ownsKey: (name: string) => boolean): string {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const name = keys.probe(`{${attempt}}:${instance}`);
      if (ownsKey(name)) return name;
    }
    throw new Error('The node owns no slot.');
  }

  function probe(): void {
    beganAt = performance.now();
    schedule(bound, () => {
      invalidateAll();
      // No report arrived although no connection closed. A new connection reveals a dead one.
      channel.disconnect(true);
    });
    // Changes the key by its TTL, the one change that a full Redis still accepts.
    const sent = [trackNext(), reads.get(probeKey), reads.pexpire(probeKey, PROBE_KEY_TTL)];
    for (const reply of sent) reply.catch(() => undefined);
  }

  /** Makes Redis track the keys that the next command on the connection reads. */
  function trackNext(): Promise<unknown> {
    return reads.client('CACHING', 'YES');
  }

  function onInvalidated(name: string): void {
    if (name !== probeKey) {
      const id = keys.idIn(name);
      if (id !== undefined) notify(id);
      return;
    }
    if (beganAt === undefined) return;
    reliableUntil = beganAt + bound;
    beganAt = undefined;
    schedule(bound / PROBES_PER_BOUND, probe);
  }

  channel.on('messageBuffer', (_channel: Buffer, names: readonly Buffer[] | null) => {
    // `null` stands for a flush of the whole database.
    if (names === null) void track();
    else for (const name of names) onInvalidated(name.toString());
  });
  channel.on('close', () => {
    redirect = undefined;
    invalidateAll();
  });
  reads.on('close', invalidateAll);
  for (const connection of [reads, channel]) connection.on('ready', () => void track());

  return {
    bound,
    upToDate: () => performance.now() < reliableUntil,
    read(names) {
      if (reliableUntil > 0) trackNext().catch(() => undefined);
      return reads.mgetBuffer([...names]);
    },
    restart() {
      invalidateAll();
      void track();
    },
    stop() {
      stopped = true;
      invalidateAll();
    },
  };
}

/** Enough to find, with near certainty, a key for a master that owns a single slot of 16,384. */
const MAX_ATTEMPTS = 100_000;

/** Milliseconds after which Redis removes the probe key of an instance that has stopped. */
const PROBE_KEY_TTL = 60_000;
