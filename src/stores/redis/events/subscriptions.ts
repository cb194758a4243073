import { Cluster, type Redis } from 'ioredis';
import { WalletSessionsError } from '../../../errors.js';
import {
  rethrowAsUnavailable,
  slotOwner,
  type RedisClient,
  type RedisConnector,
} from '../connection/index.js';

/** Channels that stay subscribed: they are subscribed to again after any reconnection. */
export interface Subscriptions {
  /**
   * Resolves when the server that owns the channel has confirmed the subscription.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  /**
   * The client that reads the lists of subscribed channels, at the servers that publish on them. What it does not find
   * there is published later.
   */
  readonly reader: RedisClient;
  close(): void;
}

export interface SubscriptionListener {
  message(channel: string, message: string): void;
  /** The channels may have missed messages and are subscribed to again. */
  restored(channels: readonly string[]): void;
  error(error: Error): void;
}

/** Channels in one command. A command with ten thousand would delay others. */
const BATCH = 500;

/** Milliseconds between pings. Without them, a server that vanished would look like one that has nothing to send. */
const HEARTBEAT = 5000;

const CONNECTION_NAME = 'wallet-sessions-feed';

/** Subscribes at the server, or in a cluster at the masters that own the channels. Connects immediately. */
export function createSubscriptions(
  commands: RedisClient,
  connector: RedisConnector,
  listener: SubscriptionListener,
): Subscriptions {
  if (!(commands instanceof Cluster)) {
    return subscribeAtServer(connector.subscriber(CONNECTION_NAME), listener);
  }
  return subscribeAtOwners(commands, listener, (node) => {
    const connection = connector.subscriber(CONNECTION_NAME, { node });
    // Refreshes the slots immediately, to shorten the time without subscriptions.
    connection.on('close', () => {
      commands.refreshSlotsCache();
    });
    return subscribeAtServer(connection, listener);
  });
}

/** Subscribes at one server. Connects immediately. */
function subscribeAtServer(connection: Redis, listener: SubscriptionListener): Subscriptions {
  const channels = new Set<string>();
  let restorations = 0;

  connection.on('error', (error: Error) => {
    listener.error(error);
  });
  connection.on('message', (channel: string, message: string) => {
    listener.message(channel, message);
  });
  // ioredis does not resubscribe by itself here: the caller must read what was missed after the subscription is
  // restored.
  connection.on('ready', () => void restore());
  connection.connect().catch(() => undefined);
  const heartbeat = setInterval(() => {
    // A ping without a reply closes the connection, as any command does.
    if (connection.status === 'ready') connection.ping().catch(() => undefined);
  }, HEARTBEAT).unref();

  async function restore(): Promise<void> {
    restorations += 1;
    const current = restorations;
    const all = [...channels];
    for (let start = 0; start < all.length; start += BATCH) {
      const batch = all.slice(start, start + BATCH).filter((channel) => channels.has(channel));
      if (batch.length === 0) continue;
      try {
        await connection.subscribe(...batch);
      } catch (error) {
        // A connection that failed to subscribe must not stay open. The `ready` event of the next one restores again.
        listener.error(error as Error);
        connection.disconnect(true);
        return;
      }
      if (current !== restorations) return;
      listener.restored(batch);
    }
  }

  return {
    async subscribe(channel) {
      channels.add(channel);
      await rethrowAsUnavailable(connection.subscribe(channel));
    },
    unsubscribe(channel) {
      if (channels.delete(channel)) connection.unsubscribe(channel).catch(() => undefined);
    },
    // The same connection: another one could still lead to a master that a failover has replaced.
    reader: connection,
    close() {
      clearInterval(heartbeat);
      channels.clear();
      connection.disconnect();
    },
  };
}

/**
 * Subscriptions in a cluster. The bus that forwards messages between nodes may lose them, so each channel is
 * subscribed to at the master that runs the scripts of its slot, and moves with the slot.
 */
function subscribeAtOwners(
  cluster: Cluster,
  listener: SubscriptionListener,
  subscribeTo: (node: string) => Subscriptions,
): Subscriptions {
  const masters = new Map<string, Subscriptions>();
  /** The node at which each channel is subscribed to; `undefined` if there is none. */
  const places = new Map<string, string | undefined>();

  // ioredis refreshes the slots every few seconds, and after a command was sent to the wrong node.
  cluster.on('refresh', () => {
    const owners = new Set(cluster.slots.map(([owner]) => owner));
    for (const [channel, place] of places) {
      if (place !== ownerOf(channel)) void move(channel);
    }
    for (const [node, subscriptions] of masters) {
      if (owners.has(node)) continue;
      subscriptions.close();
      masters.delete(node);
    }
  });

  function ownerOf(channel: string): string | undefined {
    return slotOwner(cluster, channel);
  }

  function at(node: string): Subscriptions {
    const subscriptions = masters.get(node) ?? subscribeTo(node);
    masters.set(node, subscriptions);
    return subscriptions;
  }

  function leave(channel: string): void {
    const place = places.get(channel);
    places.delete(channel);
    if (place !== undefined) masters.get(place)?.unsubscribe(channel);
  }

  async function move(channel: string): Promise<void> {
    leave(channel);
    const owner = ownerOf(channel);
    places.set(channel, owner);
    if (owner === undefined) return;
    try {
      await at(owner).subscribe(channel);
      if (places.get(channel) === owner) listener.restored([channel]);
    } catch (error) {
      // The next refresh tries again.
      if (places.get(channel) === owner) places.set(channel, undefined);
      listener.error(error as Error);
    }
  }

  return {
    async subscribe(channel) {
      const owner = ownerOf(channel);
      if (owner === undefined) {
        const cause = new Error('No master of the Redis cluster owns the slot of a channel.');
        throw new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause });
      }
      if (places.get(channel) !== owner) leave(channel);
      places.set(channel, owner);
      await at(owner).subscribe(channel);
    },
    unsubscribe: leave,
    // Follows a slot that moves. It never reads at an earlier owner than that of the subscription.
    reader: cluster,
    close() {
      places.clear();
      for (const subscriptions of masters.values()) subscriptions.close();
      masters.clear();
    },
  };
}
