import type { Redis } from 'ioredis';
import type { Revocation } from '../../session/session.js';
import type { RevocationFeed } from '../../session/store.js';
import { answered } from './answered.js';
import { BEGINNING, isAfter, parseCursor } from '../cursor.js';
import type { RedisKeys } from './keys.js';
import { readRevocation } from './record.js';

/** How long to wait before reading a stream again that could not be read. */
const RETRY_DELAY = 500;

interface Watcher {
  /** The last revocation that the listener has had. */
  cursor: string;
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
 * once: a script writes both. Whatever a connection missed while it was down is read from the stream
 * when it is back; cursors see to it that each watcher hears of each revocation once.
 */
export function createRedisRevocationFeed(
  redis: Redis,
  subscriber: Redis,
  keys: RedisKeys,
): RevocationFeed {
  const channels = new Map<string, Channel>();

  subscriber.on('message', (name: string, message: string) => {
    const channel = channels.get(name);
    if (channel === undefined) return;
    const revocation = readRevocation(message.split(' '));
    void enqueue(channel, () => {
      deliver(channel, revocation);
    });
  });

  // Also after a reconnection, where ioredis is told not to subscribe by itself: what was missed can
  // only be read once the subscription stands again.
  subscriber.on('ready', () => {
    if (channels.size === 0) return;
    subscriber.subscribe(...channels.keys()).then(
      () => {
        for (const [name, channel] of channels) catchUp(name, channel);
      },
      // The connection broke again: its next `ready` comes here.
      () => undefined,
    );
  });

  function deliver(channel: Channel, revocation: Revocation): void {
    for (const watcher of channel.watchers) {
      if (!isAfter(revocation.cursor, watcher.cursor)) continue;
      watcher.cursor = revocation.cursor;
      watcher.listener(revocation);
    }
  }

  function catchUp(name: string, channel: Channel): void {
    void enqueue(channel, async () => {
      const cursors = [...channel.watchers].map((watcher) => watcher.cursor);
      const [first, ...others] = cursors;
      if (first === undefined) return;
      const oldest = others.reduce((a, b) => (isAfter(a, b) ? b : a), first);
      try {
        for (const missed of await readAfter(name, oldest)) deliver(channel, missed);
      } catch {
        setTimeout(() => {
          catchUp(name, channel);
        }, RETRY_DELAY).unref();
      }
    });
  }

  async function readAfter(name: string, cursor: string): Promise<Revocation[]> {
    const entries = await answered(redis.xrange(name, `(${cursor}`, '+'));
    return entries.map(([id, [, session = '', , reason = '', , at = '']]) =>
      readRevocation([id, session, reason, at]),
    );
  }

  async function endOf(name: string): Promise<string> {
    const [last] = await answered(redis.xrevrange(name, '+', '-', 'COUNT', 1));
    return last?.[0] ?? BEGINNING;
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
    subscriber.unsubscribe(name).catch(() => undefined);
  }

  return {
    async watch(partition, listener, after) {
      if (after !== undefined) parseCursor(after);
      const name = keys.revocations(partition);
      const channel = join(name);
      const watcher: Watcher = { cursor: after ?? BEGINNING, listener };
      // What is published from here on waits in the queue until the watcher has its starting point.
      const started = enqueue(channel, async () => {
        await answered(subscriber.subscribe(name));
        if (after === undefined) watcher.cursor = await endOf(name);
        const missed = after === undefined ? [] : await readAfter(name, after);
        channel.watchers.add(watcher);
        for (const revocation of missed) {
          watcher.cursor = revocation.cursor;
          listener(revocation);
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
  };
}

function enqueue(channel: Channel, job: () => void | Promise<void>): Promise<void> {
  const done = channel.jobs.then(job);
  channel.jobs = done.catch(() => undefined);
  return done;
}
