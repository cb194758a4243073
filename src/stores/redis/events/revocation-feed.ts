import type { Revocation, SessionId } from '../../../sessions/session.js';
import type { RevocationFeed, Watch } from '../../../sessions/store.js';
import { parseCursor } from '../../cursor.js';
import type { RedisClient } from '../connection/client.js';
import { isWrongType, rethrowAsUnavailable } from '../connection/outages.js';
import type { RedisKeys } from '../keys.js';
import { readRevocation } from '../scripts/formats.js';
import type { SubscriptionListener, Subscriptions } from './server-subscriptions.js';
import {
  deliveredUpTo,
  markDelivered,
  wasDelivered,
  WINDOW,
  type DeliveredEvents,
} from './delivered-events.js';

/** How long to wait before reading a stream again that could not be read. */
const RETRY_DELAY = 500;

/** A class, so that all watchers share its method: an instance has tens of thousands of them. */
class Watcher implements Watch {
  /** The sessions whose ends it is not told by the channel: it heard of them from the stream, or they came before it. */
  skipped: Set<SessionId> | undefined = undefined;

  constructor(
    readonly listener: (revocation: Revocation) => void,
    private readonly channel: Channel,
    private readonly leave: (channel: Channel) => void,
  ) {}

  stop(): void {
    if (this.channel.watchers.delete(this)) this.leave(this.channel);
  }
}

/** What one instance watches in one partition: a subscription that all its watchers share. */
interface Channel {
  readonly name: string;
  readonly watchers: Set<Watcher>;
  /** The watchers, and those that are about to be: the channel stays while there is one. */
  users: number;
  /** `undefined` until the first watcher is there. */
  delivered: DeliveredEvents | undefined;
  /** The last of the jobs, which run one after the other. */
  jobs: Promise<void>;
}

/**
 * Revocations from Redis. A script writes each to a stream and publishes it on the channel of the same name. What a
 * subscription missed while its connection was down is read from the stream when the subscription stands again. Each
 * watcher hears of each revocation once.
 */
export function createRedisRevocationFeed(
  redis: RedisClient,
  subscribe: (listener: Omit<SubscriptionListener, 'error'>) => Subscriptions,
  keys: RedisKeys,
): RevocationFeed & { close(): void } {
  const channels = new Map<string, Channel>();

  const subscriptions = subscribe({
    message(name, message) {
      const channel = channels.get(name);
      if (channel === undefined) return;
      const revocation = readRevocation(message.split(' '));
      void enqueue(channel, () => {
        deliver(channel, revocation);
      });
    },
    restored(names) {
      for (const name of names) {
        const channel = channels.get(name);
        if (channel !== undefined) catchUp(name, channel);
      }
    },
  });

  function deliver({ delivered, watchers }: Channel, revocation: Revocation): void {
    if (delivered === undefined || !markDelivered(delivered, revocation)) return;
    for (const watcher of watchers) {
      if (!isSkipped(watcher, revocation)) watcher.listener(revocation);
    }
  }

  function catchUp(name: string, channel: Channel): void {
    void enqueue(channel, async () => {
      if (channel.delivered === undefined) return;
      try {
        for (const missed of await readAfter(name, channel.delivered.floor))
          deliver(channel, missed);
      } catch {
        setTimeout(() => {
          if (channels.get(name) === channel) catchUp(name, channel);
        }, RETRY_DELAY).unref();
      }
    });
  }

  async function readAfter(name: string, cursor: string): Promise<Revocation[]> {
    return (await rethrowAsUnavailable(orNone(redis.xrange(name, `(${cursor}`, '+')))).map(
      readEntry,
    );
  }

  /** The last ones up to a cursor, in order. */
  async function readUpTo(name: string, cursor: string): Promise<Revocation[]> {
    const entries = await rethrowAsUnavailable(
      orNone(redis.xrevrange(name, cursor, '-', 'COUNT', WINDOW)),
    );
    return entries.map(readEntry).reverse();
  }

  function join(name: string): Channel {
    const channel = channels.get(name) ?? {
      name,
      watchers: new Set(),
      users: 0,
      delivered: undefined,
      jobs: Promise.resolve(),
    };
    channel.users += 1;
    channels.set(name, channel);
    return channel;
  }

  function leave(channel: Channel): void {
    channel.users -= 1;
    if (channel.users > 0) return;
    channels.delete(channel.name);
    subscriptions.unsubscribe(channel.name);
  }

  return {
    async watch(partition, listener, after) {
      if (after !== undefined) parseCursor(after);
      const name = keys.revocations(partition);
      const channel = join(name);
      const watcher = new Watcher(listener, channel, leave);
      // What is published from here on waits in the queue until the watcher has its starting point.
      const started = enqueue(channel, async () => {
        await subscriptions.subscribe(name);
        const latest = await readUpTo(name, '+');
        const delivered = (channel.delivered ??= deliveredUpTo(latest));
        const missed = after === undefined ? [] : await readAfter(name, after);
        const undelivered = [...latest, ...missed].filter(
          (revocation) => !wasDelivered(delivered, revocation),
        );
        if (undelivered.length > 0)
          watcher.skipped = new Set(undelivered.map(({ sessionId }) => sessionId));
        channel.watchers.add(watcher);
        missed.forEach(listener);
      });
      try {
        await started;
      } catch (error) {
        leave(channel);
        throw error;
      }
      return watcher;
    },

    close() {
      subscriptions.close();
    },
  };
}

/** A session ends once: it need not be remembered after that. */
function isSkipped(watcher: Watcher, { sessionId }: Revocation): boolean {
  if (watcher.skipped?.delete(sessionId) !== true) return false;
  if (watcher.skipped.size === 0) watcher.skipped = undefined;
  return true;
}

function enqueue(channel: Channel, job: () => void | Promise<void>): Promise<void> {
  const done = channel.jobs.then(job);
  channel.jobs = done.catch(() => undefined);
  return done;
}

/** A key that holds something other than a stream keeps no revocations; the next one replaces it. */
async function orNone<Entry>(entries: Promise<Entry[]>): Promise<Entry[]> {
  try {
    return await entries;
  } catch (error) {
    if (isWrongType(error)) return [];
    throw error;
  }
}

function readEntry([id, [, session = '', , reason = '', , at = '']]: [
  string,
  string[],
]): Revocation {
  return readRevocation([id, session, reason, at]);
}
