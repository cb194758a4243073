import { Cluster } from 'ioredis';
import { WalletSessionsError } from '../../../errors.js';
import type { Revocation, SessionId } from '../../../sessions/session.js';
import type { SessionStore } from '../../../sessions/store.js';
import type { Partition } from '../../../accounts/wallet.js';
import type { RedisClient } from '../connection/client.js';
import { scripts } from '../scripts/generated/scripts.js';
import type { RedisKeys } from '../keys.js';

export interface ConfirmationOptions {
  /** A client for nothing else: whoever waits for replicas holds up what is sent after it. */
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  /** How many replicas of a master must have a revocation. */
  readonly replicas: number;
  /** Milliseconds that they may take. */
  readonly timeout: number;
  readonly onError: (error: Error) => void;
}

/** Sees to it that revocations outlive their master. */
export interface Confirmations {
  /**
   * Resolves when so many replicas have them, and all earlier ones of the partition. Until then they are
   * applied again and again, to whichever server is master.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE` where the replicas take too long
   */
  confirm(partition: Partition, ended: readonly Revocation[]): Promise<void>;
  /** The same, for somebody who does not wait. */
  confirmLater(partition: Partition, ended: readonly Revocation[]): void;
  close(): void;
}

/** How long to wait before replicas are asked again that have not confirmed. */
const RETRY_DELAY = 1000;

type Outstanding = Map<SessionId, Revocation>;

export function createConfirmations(options: ConfirmationOptions): Confirmations {
  const { client, keys, replicas, timeout, onError } = options;
  const outstanding = new Map<Partition, Outstanding>();
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  function remember(partition: Partition, ended: readonly Revocation[]): Outstanding {
    const of = outstanding.get(partition) ?? new Map<SessionId, Revocation>();
    outstanding.set(partition, of);
    for (const revocation of ended) of.set(revocation.sessionId, revocation);
    return of;
  }

  function settle(partition: Partition, of: Outstanding, confirmed: readonly Revocation[]): void {
    for (const { sessionId } of confirmed) of.delete(sessionId);
    if (of.size === 0 && outstanding.get(partition) === of) outstanding.delete(partition);
  }

  async function attempt(partition: Partition, of: Outstanding): Promise<void> {
    const revocations = [...of.values()];
    try {
      await apply(partition, revocations);
    } catch (error) {
      if (!(client instanceof Cluster)) throw error;
      // Another node may be in charge by now.
      await new Promise<void>((resolve) => {
        client.refreshSlotsCache(() => {
          resolve();
        });
      });
      await apply(partition, revocations);
    }
    settle(partition, of, revocations);
  }

  /** In one pipeline: `WAIT` is for what the same connection wrote before. */
  async function apply(partition: Partition, revocations: readonly Revocation[]): Promise<void> {
    const [first] = revocations;
    if (first === undefined) return;
    const results = await client
      .pipeline()
      .eval(
        scripts.confirm,
        2,
        keys.index(partition),
        keys.revocations(partition),
        keys.recordPrefix(partition),
        first.revokedAt,
        ...revocations.flatMap(({ sessionId, reason }) => [sessionId, reason]),
      )
      .wait(replicas, timeout)
      .exec();
    const [applied, waited] = results ?? [];
    const failure = applied?.[0] ?? waited?.[0];
    if (failure) throw failure;
    const confirmations = Number(waited?.[1] ?? 0);
    if (confirmations < replicas) {
      throw new Error(
        `${confirmations} of ${replicas} replicas have confirmed a revocation in time.`,
      );
    }
  }

  function retryLater(): void {
    if (closed || outstanding.size === 0) return;
    retry ??= setTimeout(() => void retryAll(), RETRY_DELAY).unref();
  }

  async function retryAll(): Promise<void> {
    for (const [partition, of] of [...outstanding]) {
      // It stays outstanding: the next round comes to it again.
      await attempt(partition, of).catch(onError);
    }
    retry = undefined;
    retryLater();
  }

  return {
    async confirm(partition, ended) {
      const of = ended.length > 0 ? remember(partition, ended) : outstanding.get(partition);
      if (of === undefined) return;
      try {
        await attempt(partition, of);
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
 * The same store, which can wait until revocations outlive their master. It does not wait for sessions that make room
 * within the limit or that expire: nobody was promised their end.
 */
export function confirmingRevocations(
  store: SessionStore,
  confirmations: Confirmations,
): SessionStore {
  // Each method by its name: one that is added must say here what it ends.
  return {
    find: (...args) => store.find(...args),
    list: (...args) => store.list(...args),
    listPage: (...args) => store.listPage(...args),
    touch: (...args) => store.touch(...args),
    expire: (...args) => store.expire(...args),
    reauthenticate: (...args) => store.reauthenticate(...args),
    rotate: (...args) => store.rotate(...args),
    revoke: (...args) => store.revoke(...args),
    confirm: (partition, ended) => confirmations.confirm(partition, ended),
    async insert(partition, record, room, now) {
      const outcome = await store.insert(partition, record, room, now);
      const { kind, ended } = outcome;
      // Whoever has ended all others waits for it, and says so.
      const isWaitedFor = room === 'end-others' && kind === 'inserted';
      if (kind !== 'full' && !isWaitedFor) confirmations.confirmLater(partition, ended);
      return outcome;
    },
  };
}
