import type { Redis } from 'ioredis';
import { rethrowAsUnavailable } from '../connection/outages.js';

/** Channels that stay subscribed: whatever happens to connections, they are subscribed to again. */
export interface Subscriptions {
  /**
   * Resolves once the server that is in charge of the channel has confirmed.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  close(): void;
}

export interface SubscriptionListener {
  message(channel: string, message: string): void;
  /** The channels were deaf for a while and hear again from now on. */
  restored(channels: readonly string[]): void;
  error(error: Error): void;
}

/** How many channels one command names: one that names ten thousand would hold others up. */
const BATCH = 500;

/**
 * How often the connection is asked whether it is still there, in milliseconds. A server that is gone
 * without a word sends no messages, as one does that has none to send.
 */
const HEARTBEAT = 5000;

/** Subscribes at one server. Connects at once. */
export function subscribeAtServer(
  connection: Redis,
  listener: SubscriptionListener,
): Subscriptions {
  const channels = new Set<string>();
  let restorations = 0;

  connection.on('error', (error: Error) => {
    listener.error(error);
  });
  connection.on('message', (channel: string, message: string) => {
    listener.message(channel, message);
  });
  // ioredis is told not to subscribe again by itself: what was missed can only be read once the
  // subscription stands.
  connection.on('ready', () => void restore());
  connection.connect().catch(() => undefined);
  const heartbeat = setInterval(() => {
    // Without an answer the connection is given up, as after any command.
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
        // What is deaf must not look alive: the next connection's `ready` comes here again.
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
    close() {
      clearInterval(heartbeat);
      channels.clear();
      connection.disconnect();
    },
  };
}
