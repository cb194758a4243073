import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Invalidations } from '../../../near-cache/invalidations.js';
import type { Tell } from '../../changes.js';
import { rethrowAsUnavailable } from '../connection/outages.js';
import type { RedisKeys } from '../keys.js';
import type { Read, ReadMany } from '../connection/reads.js';

export interface TrackingOptions {
  /** The connection that records are read on. */
  readonly reads: Redis;
  /** A connection of RESP2, for nothing else. */
  readonly channel: Redis;
  readonly keys: RedisKeys;
  /** Milliseconds for which a change can stay unheard, whatever breaks. */
  readonly bound: number;
  readonly tell: Tell;
  /** Of a master in a cluster: whether it is in charge of the key. */
  readonly isInCharge?: ((name: string) => boolean) | undefined;
}

export interface Tracking extends Pick<Invalidations, 'bound' | 'upToDate'> {
  /** Reads values of which Redis will tell when they change, where that can be relied on. */
  readonly read: ReadMany;
  /** Takes everything for doubtful and begins anew. */
  restart(): void;
  stop(): void;
}

/** Reads of single values of whose changes Redis tells, wherever they are. */
export interface TrackedReads extends Pick<Invalidations, 'bound' | 'upToDate'> {
  readonly read: Read;
  stop(): void;
}

/** Where Redis sends the names of changed keys to a connection of RESP2. */
const CHANNEL = '__redis__:invalidate';

/** How many proofs are attempted before the last one has lost its worth. */
const BEATS_PER_BOUND = 4;

/** How long to wait before tracking is tried again that could not be turned on. */
const RETRY_DELAY = 1000;

/**
 * Has Redis tell of every change to a key that was read (`CLIENT TRACKING`), and proves again and again
 * that it does.
 *
 * The proof is a beat: this reads a key of its own and changes it, and waits for the word of that. Redis
 * sends in order; so once the word is here, every change has been heard that was made before the beat
 * began, and what was read can be relied on until `bound` after that. Where no word comes by then, or a
 * connection closes, everything that was read is in doubt: the listeners are told so, and what is read
 * from then on is not relied on until tracking stands and a first beat has come through.
 *
 * @see https://redis.io/docs/latest/develop/reference/client-side-caching/
 */
export function trackInvalidations(options: TrackingOptions): Tracking {
  const { reads, channel, keys, bound, tell, isInCharge } = options;
  const instance = randomUUID();
  let beacon = keys.beacon(instance);
  /** The client id of the channel, from its subscription on. */
  let redirect: number | undefined;
  /** Until when what was read can be relied on, and when the beat under way began: monotonic, in ms. */
  let reliableUntil = -Infinity;
  let beganAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** Counts the times that everything came into doubt: what was begun before does not go on. */
  let doubts = 0;
  let stopped = false;

  function doubt(): void {
    doubts += 1;
    reliableUntil = -Infinity;
    beganAt = undefined;
    clearTimeout(timer);
    tell('all');
  }

  function later(delay: number, run: () => void): void {
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
    doubt();
    const current = doubts;
    try {
      if (isInCharge !== undefined) beacon = beaconWhere(isInCharge);
      if (redirect === undefined) await openChannel();
      if (current !== doubts || redirect === undefined) return;
      // Of what is read on the connection only what is asked for by `read`: scripts read much else.
      await rethrowAsUnavailable(reads.client('TRACKING', 'ON', 'REDIRECT', redirect, 'OPTIN'));
      await rethrowAsUnavailable(reads.set(beacon, ''));
      if (current === doubts) beat();
    } catch {
      // Where a connection has closed, its next `ready` comes here too.
      if (current === doubts) later(RETRY_DELAY, () => void track());
    }
  }

  /** A cluster puts keys where their hash tag leads: sooner or later one leads there. */
  function beaconWhere(isThere: (name: string) => boolean): string {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const name = keys.beacon(`{${attempt}}:${instance}`);
      if (isThere(name)) return name;
    }
    throw new Error('The node is in charge of no slot.');
  }

  function beat(): void {
    beganAt = performance.now();
    later(bound, () => {
      doubt();
      // Nothing was heard although nothing has closed. A new connection is sure to be seen to fail.
      channel.disconnect(true);
    });
    // Of all changes, one of the time to live is possible in a Redis that is full.
    const sent = [trackNext(), reads.get(beacon), reads.pexpire(beacon, BEACON_TIMEOUT)];
    for (const reply of sent) reply.catch(() => undefined);
  }

  /** Has Redis remember what the next command on the connection reads. */
  function trackNext(): Promise<unknown> {
    return reads.client('CACHING', 'YES');
  }

  function heard(name: string): void {
    if (name !== beacon) {
      const id = keys.idIn(name);
      if (id !== undefined) tell(id);
      return;
    }
    if (beganAt === undefined) return;
    reliableUntil = beganAt + bound;
    beganAt = undefined;
    later(bound / BEATS_PER_BOUND, beat);
  }

  channel.on('messageBuffer', (_channel: Buffer, names: readonly Buffer[] | null) => {
    // Without names: the whole database was flushed.
    if (names === null) void track();
    else for (const name of names) heard(name.toString());
  });
  channel.on('close', () => {
    redirect = undefined;
    doubt();
  });
  reads.on('close', doubt);
  for (const connection of [reads, channel]) connection.on('ready', () => void track());

  return {
    bound,
    upToDate: () => performance.now() < reliableUntil,
    read(names) {
      if (reliableUntil > 0) trackNext().catch(() => undefined);
      return reads.mgetBuffer([...names]);
    },
    restart() {
      doubt();
      void track();
    },
    stop() {
      stopped = true;
      doubt();
    },
  };
}

/** More than there are slots: even a master of a single one is nearly always found. */
const MOST_ATTEMPTS = 100_000;

/** Milliseconds after which Redis forgets the beacon of an instance that has gone. */
const BEACON_TIMEOUT = 60_000;
