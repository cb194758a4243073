import type { Revocation, SessionId } from '../../../sessions/session.js';
import type { RevocationFeed, Watch } from '../../../sessions/store.js';
import { parseCursor } from '../../cursor.js';
import { isWrongType, type RedisClient, type RedisConnector } from '../connection/index.js';
import type { RedisKeys } from '../keys.js';
import {
  defineScript,
  readPublished,
  readStored,
  type PublishedRevocation,
} from '../scripts/index.js';
import {
  deliveredUpTo,
  markDelivered,
  wasCursorDelivered,
  wasDelivered,
  WINDOW,
  type DeliveredEvents,
} from './delivered-events.js';
import { createSubscriptions } from './subscriptions.js';

/** Milliseconds before a failed read of a list is repeated. */
const RETRY_DELAY = 500;

/** The number of revocations that one command reads. Redis, and this process, do nothing else meanwhile. */
const PAGE = 100;

/**
 * A watcher of a channel. A class, since instances have tens of thousands of watchers, which thus share one method.
 */
class Watcher implements Watch {
  /** Sessions whose ends the channel does not deliver to this watcher, which has read them from the list. */
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

/** The subscription of one instance to one partition, shared by all its watchers. */
interface Channel {
  readonly name: string;
  readonly watchers: Set<Watcher>;
  /** Number of watchers, including those about to start. The channel is kept while it is positive. */
  users: number;
  /** `undefined` until the first watcher has started. */
  delivered: DeliveredEvents | undefined;
  /** The last job of the queue. Jobs run one after the other. */
  jobs: Promise<void>;
  /** Repeats a read of the list that failed. */
  retry: NodeJS.Timeout | undefined;
}

/**
 * Revocations from Redis. A script adds each revocation to a list and publishes it on the channel of the same name, with
 * the cursor of the one before it. Missed revocations are read from the list: after a reconnection, and
 * before a revocation whose predecessor has not been delivered. Each watcher therefore receives each revocation once,
 * in the order of the list.
 */
export function createRedisRevocationFeed(
  redis: RedisClient,
  connector: RedisConnector,
  keys: RedisKeys,
  onError: (error: Error) => void,
): RevocationFeed & { close(): void } {
  const channels = new Map<string, Channel>();

  const subscriptions = createSubscriptions(redis, connector, {
    error: onError,
    message(name, message) {
      const channel = channels.get(name);
      if (channel === undefined) return;
      for (const published of readPublished(message)) receive(channel, published);
    },
    restored(names) {
      for (const name of names) {
        const channel = channels.get(name);
        if (channel !== undefined) catchUp(channel);
      }
    },
  });

  const pageAfter = defineScript<Buffer[]>(subscriptions.reader, 'revocations_after');
  const lastPage = defineScript<Buffer[]>(subscriptions.reader, 'revocations_last');

  function receive(channel: Channel, { revocation, previous }: PublishedRevocation): void {
    enqueue(channel, async () => {
      const { delivered } = channel;
      if (delivered === undefined || wasDelivered(delivered, revocation)) return;
      if (!wasCursorDelivered(delivered, previous)) await deliverMissed(channel, delivered);
      deliver(channel, revocation);
    }).catch(() => {
      // It is in the list, after those that could not be read.
      catchUpLater(channel);
    });
  }

  function deliver({ delivered, watchers }: Channel, revocation: Revocation): void {
    if (delivered === undefined || !markDelivered(delivered, revocation)) return;
    for (const watcher of watchers) {
      if (!isSkipped(watcher, revocation)) watcher.listener(revocation);
    }
  }

  function catchUp(channel: Channel): void {
    enqueue(channel, async () => {
      if (channel.delivered !== undefined) await deliverMissed(channel, channel.delivered);
    }).catch(() => {
      catchUpLater(channel);
    });
  }

  function catchUpLater(channel: Channel): void {
    channel.retry ??= setTimeout(() => {
      channel.retry = undefined;
      if (channels.get(channel.name) === channel) catchUp(channel);
    }, RETRY_DELAY).unref();
  }

  /** Reads only the newest revocation if nothing was missed: one client can have many watchers join. */
  async function deliverMissed(channel: Channel, delivered: DeliveredEvents): Promise<void> {
    const [newest] = await readLast(channel.name, 1);
    if (newest === undefined || wasCursorDelivered(delivered, newest.cursor)) return;
    for (const missed of await readAll(channel.name, delivered.floor)) deliver(channel, missed);
  }

  /** Reads all revocations after the cursor. */
  async function readAll(name: string, cursor: string): Promise<Revocation[]> {
    const found: Revocation[] = [];
    for (;;) {
      const page = await readAfter(name, found.at(-1)?.cursor ?? cursor, PAGE);
      found.push(...page);
      if (page.length < PAGE) return found;
    }
  }

  async function readAfter(name: string, cursor: string, max: number): Promise<Revocation[]> {
    const { time, sequence } = parseCursor(cursor);
    return (await orEmpty(pageAfter([name], time, sequence, max))).map(readStored);
  }

  /** Reads the last revocations, oldest first. */
  async function readLast(name: string, max: number): Promise<Revocation[]> {
    return (await orEmpty(lastPage([name], max))).reverse().map(readStored);
  }

  function join(name: string): Channel {
    const channel = channels.get(name) ?? {
      name,
      watchers: new Set(),
      users: 0,
      delivered: undefined,
      jobs: Promise.resolve(),
      retry: undefined,
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
      // From here on, published revocations wait in the queue until the watcher has its starting point.
      const started = enqueue(channel, async () => {
        await subscriptions.subscribe(name);
        // What precedes this watcher is delivered to the others first, so that they are all at one position.
        if (channel.delivered !== undefined) await deliverMissed(channel, channel.delivered);
        const delivered = (channel.delivered ??= deliveredUpTo(await readLast(name, WINDOW)));
        const missed = after === undefined ? [] : await readAll(name, after);
        const undelivered = missed.filter((revocation) => !wasDelivered(delivered, revocation));
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

    readAfter: async (partition, cursor, max) =>
      readAfter(keys.revocations(partition), cursor, max),

    close() {
      for (const { retry } of channels.values()) clearTimeout(retry);
      channels.clear();
      subscriptions.close();
    },
  };
}

/** A session ends once, so its id is forgotten here. */
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

/** A value of another type contains no revocations. The next revocation replaces it. */
async function orEmpty<Entry>(entries: Promise<Entry[]>): Promise<Entry[]> {
  try {
    return await entries;
  } catch (error) {
    if (isWrongType(error)) return [];
    throw error;
  }
}
