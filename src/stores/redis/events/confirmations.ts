import { Cluster } from 'ioredis';
import { WalletSessionsError } from '../../../errors.js';
import type { Revocation, SessionId } from '../../../sessions/session.js';
import type { SessionStore } from '../../../sessions/store.js';
import type { Partition } from '../../../accounts/wallet.js';
import type { RedisClient } from '../connection/index.js';
import type { RedisKeys } from '../keys.js';
import { scripts } from '../scripts/index.js';

export interface ConfirmationOptions {
  /** A dedicated client: `WAIT` blocks the commands that follow it. */
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  /** Number of replicas that must confirm a revocation. */
  readonly replicas: number;
  /** Milliseconds that the replicas have for it. */
  readonly timeout: number;
  readonly onError: (error: Error) => void;
}

/** Makes revocations survive a failover. */
export interface Confirmations {
  /**
   * Resolves when enough replicas have the revocations and all earlier ones of the partition. Until then they are
   * applied again and again, to the server that is master at the time.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE` if the replicas take too long
   */
  confirm(partition: Partition, ended: readonly Revocation[]): Promise<void>;
  /** Does the same in the background. */
  confirmLater(partition: Partition, ended: readonly Revocation[]): void;
  close(): void;
}

/** Milliseconds before unconfirmed revocations are tried again. */
const RETRY_DELAY = 1000;

type Outstanding = Map<SessionId, Revocation>;

export function createConfirmations(options: ConfirmationOptions): Confirmations {
  const { client, keys, replicas, timeout, onError } = options;
  const outstanding = new Map<Partition, Outstanding>();
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  function remember(partition: Partition, ended: readonly Revocation[]): Outstanding {
    const pending = outstanding.get(partition) ?? new Map<SessionId, Revocation>();
    outstanding.set(partition, pending);
    for (const revocation of ended) pending.set(revocation.sessionId, revocation);
    return pending;
  }

  function settle(
    partition: Partition,
    pending: Outstanding,
    confirmed: readonly Revocation[],
  ): void {
    for (const { sessionId } of confirmed) pending.delete(sessionId);
    if (pending.size === 0 && outstanding.get(partition) === pending) outstanding.delete(partition);
  }

  async function attempt(partition: Partition, pending: Outstanding): Promise<void> {
    const revocations = [...pending.values()];
    try {
      await apply(partition, revocations);
    } catch (error) {
      if (!(client instanceof Cluster)) throw error;
      // Another node may own the slot by now.
      await new Promise<void>((resolve) => {
        client.refreshSlotsCache(() => {
          resolve();
        });
      });
      await apply(partition, revocations);
    }
    settle(partition, pending, revocations);
  }

  /** In one pipeline, since `WAIT` covers the earlier writes of its connection. */
  async function apply(partition: Partition, revocations: readonly Revocation[]): Promise<void> {
    const [first] = revocations;
    if (first === undefined) return;
    const results = await client
      .pipeline()
      .eval(
        scripts.confirm,
        2 + revocations.length,
        keys.index(partition),
        keys.revocations(partition),
        ...revocations.map(({ sessionId }) => keys.record(partition, sessionId)),
        first.revokedAt,
        ...revocations.map(({ reason }) => reason),
      )
      .wait(replicas, timeout)
      .exec();
    const [applied, waited] = results ?? [];
    const failure = applied?.[0] ?? waited?.[0];
    if (failure) throw failure;
    const confirmations = Number(waited?.[1] ?? 0);
    if (confirmations < replicas) {
      throw new Error(`${confirmations} of ${replicas} replicas confirmed a revocation in time.`);
    }
  }

  function retryLater(): void {
    if (closed || outstanding.size === 0) return;
    retry ??= setTimeout(() => void retryAll(), RETRY_DELAY).unref();
  }

  async function retryAll(): Promise<void> {
    for (const [partition, pending] of [...outstanding]) {
      // A failed one stays outstanding for the next round.
      await attempt(partition, pending).catch(onError);
    }
    retry = undefined;
    retryLater();
  }

  return {
    async confirm(partition, ended) {
      const pending = ended.length > 0 ? remember(partition, ended) : outstanding.get(partition);
      if (pending === undefined) return;
      try {
        await attempt(partition, pending);
      } catch (cause) {
        retryLater();
        throw new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause });
      }
    },
    confirmLater(partition, ended) {
      if (ended.length === 0) return;
      attempt(partition, remember(partition, ended)).catch((error: unknown) => {
        onError(error as Error);
        retryLater();
      });
    },
    close() {
      closed = true;
      clearTimeout(retry);
      client.disconnect();
    },
  };
}

/**
 * Decorates a store: revocations can be confirmed by replicas. Sessions that expire or are evicted by the session
 * limit are confirmed in the background, since no caller was promised their end.
 */
export function withConfirmations(store: SessionStore, confirmations: Confirmations): SessionStore {
  // Lists every method, so that a new one must state what it ends.
  return {
    find: (...args) => store.find(...args),
    list: (...args) => store.list(...args),
    listPage: (...args) => store.listPage(...args),
    markUsed: (...args) => store.markUsed(...args),
    touch: (...args) => store.touch(...args),
    expire: (...args) => store.expire(...args),
    reauthenticate: (...args) => store.reauthenticate(...args),
    rotate: (...args) => store.rotate(...args),
    revoke: (...args) => store.revoke(...args),
    confirm: (partition, ended) => confirmations.confirm(partition, ended),
    async insert(partition, record, room, now) {
      const outcome = await store.insert(partition, record, room, now);
      const { kind, ended } = outcome;
      // A caller that ended all others calls `confirm` itself.
      const isConfirmedByCaller = room === 'end-others' && kind === 'inserted';
      if (kind !== 'full' && !isConfirmedByCaller) confirmations.confirmLater(partition, ended);
      return outcome;
    },
  };
}
