import type { Revocation } from '../../session/session.js';
import type { RevocationFeed } from '../../session/store.js';
import { BEGINNING, isAfter, parseCursor } from '../cursor.js';
import { answered } from './answered.js';
import type { RedisClient } from './connect.js';
import type { RedisKeys } from './keys.js';
import { readRevocation } from './record.js';
import type { SubscriptionListener, Subscriptions } from './subscriptions.js';
import { tell, toldUpTo, WINDOW, type Told } from './told.js';
import { isWrongType } from './wrong-type.js';

/** How long to wait before reading a stream again that could not be read. */
const RETRY_DELAY = 500;

interface Watcher {
  told: Told;
  readonly listener: (revocation: Revocation) => void;
}

/** What one instance watches in one partition. `jobs` run one after the other, so in order. */
interface Channel {
  /** Those that have their starting point. */
  readonly watchers: Set<Watcher>;
  /** Those, and the ones that wait for it: the channel stays while there is one. */
  users: number;
  jobs: Promise<void>;
}

/**
 * Revocations from Redis. The stream is the truth, and the channel of the same name says the same at
 * once: a script writes both. Whatever a subscription missed while it was down is read from the stream
 * when it stands again; each watcher hears of each revocation once.
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

  function deliver(channel: Channel, revocation: Revocation): void {
    for (const { told, listener } of channel.watchers) {
      if (tell(told, revocation)) listener(revocation);
    }
  }

  function catchUp(name: string, channel: Channel): void {
    void enqueue(channel, async () => {
      const [first, ...others] = [...channel.watchers].map(({ told }) => told.floor);
      if (first === undefined) return;
      const lowest = others.reduce((a, b) => (isAfter(a, b) ? b : a), first);
      try {
        for (const missed of await readAfter(name, lowest)) deliver(channel, missed);
      } catch {
        setTimeout(() => {
          if (channels.get(name) === channel) catchUp(name, channel);
        }, RETRY_DELAY).unref();
      }
    });
  }

  async function readAfter(name: string, cursor: string): Promise<Revocation[]> {
    return (await answered(orNone(redis.xrange(name, `(${cursor}`, '+')))).map(readEntry);
  }

  /** The last ones up to a cursor, in order. */
  async function readUpTo(name: string, cursor: string): Promise<Revocation[]> {
    const entries = await answered(orNone(redis.xrevrange(name, cursor, '-', 'COUNT', WINDOW)));
    return entries.map(readEntry).reverse();
  }

  function join(name: string): Channel {
    const channel = channels.get(name) ?? {
      watchers: new Set(),
      users: 0,
      jobs: Promise.resolve(),
    };
    channel.users += 1;
    channels.set(name, channel);
    return channel;
  }

  function leave(name: string, channel: Channel): void {
    channel.users -= 1;
    if (channel.users > 0) return;
    channels.delete(name);
    subscriptions.unsubscribe(name);
  }

  return {
    async watch(partition, listener, after) {
      if (after !== undefined) parseCursor(after);
      const name = keys.revocations(partition);
      const channel = join(name);
      const watcher: Watcher = { told: toldUpTo([]), listener };
      // What is published from here on waits in the queue until the watcher has its starting point.
      const started = enqueue(channel, async () => {
        await subscriptions.subscribe(name);
        if (after !== BEGINNING) watcher.told = toldUpTo(await readUpTo(name, after ?? '+'));
        const missed = after === undefined ? [] : await readAfter(name, after);
        channel.watchers.add(watcher);
        for (const revocation of missed) {
          if (tell(watcher.told, revocation)) listener(revocation);
        }
      });
      try {
        await started;
      } catch (error) {
        leave(name, channel);
        throw error;
      }
      return {
        stop() {
          if (channel.watchers.delete(watcher)) leave(name, channel);
        },
      };
    },

    close() {
      subscriptions.close();
    },
  };
}

function enqueue(channel: Channel, job: () => void | Promise<void>): Promise<void> {
  const done = channel.jobs.then(job);
  channel.jobs = done.catch(() => undefined);
  return done;
}

/** Where something that is no stream is in its place, it keeps no revocations; the next one makes it anew. */
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
