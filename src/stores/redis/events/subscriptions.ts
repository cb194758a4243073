import { Cluster } from 'ioredis';
import { WalletSessionsError } from '../../../errors.js';
import { slotOwner, type RedisClient } from '../connection/client.js';
import type { RedisConnector } from '../connection/connector.js';
import {
  subscribeAtServer,
  type SubscriptionListener,
  type Subscriptions,
} from './server-subscriptions.js';

const CONNECTION_NAME = 'wallet-sessions-feed';

/** Subscribes at the server, or in a cluster at the masters that own the channels. */
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
    // The sooner it is known who is in charge now, the shorter the channels are deaf.
    connection.on('close', () => {
      commands.refreshSlotsCache();
    });
    return subscribeAtServer(connection, listener);
  });
}

/**
 * Subscriptions in a cluster. A message reaches the other nodes over a bus that may lose it; so each
 * channel is subscribed to at the very master that runs the scripts of its slot, and moves with the slot.
 */
function subscribeAtOwners(
  cluster: Cluster,
  listener: SubscriptionListener,
  subscribeTo: (node: string) => Subscriptions,
): Subscriptions {
  const masters = new Map<string, Subscriptions>();
  /** Where each channel is subscribed to; `undefined` while it is nowhere. */
  const places = new Map<string, string | undefined>();

  // Asked for every few seconds, and whenever a command was sent to the wrong node.
  cluster.on('refresh', () => {
    const owners = new Set(cluster.slots.map(([owner]) => owner));
    for (const [channel, place] of places) {
      if (place !== ownerOf(channel)) void move(channel, place);
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

  async function move(channel: string, from: string | undefined): Promise<void> {
    if (from !== undefined) masters.get(from)?.unsubscribe(channel);
    const owner = ownerOf(channel);
    places.set(channel, owner);
    if (owner === undefined) return;
    try {
      await at(owner).subscribe(channel);
      if (places.get(channel) === owner) listener.restored([channel]);
    } catch (error) {
      // Nowhere: the next refresh comes here again.
      if (places.get(channel) === owner) places.set(channel, undefined);
      listener.error(error as Error);
    }
  }

  return {
    async subscribe(channel) {
      const owner = ownerOf(channel);
      if (owner === undefined) throw new WalletSessionsError('SERVICE_UNAVAILABLE');
      places.set(channel, owner);
      await at(owner).subscribe(channel);
    },
    unsubscribe(channel) {
      const place = places.get(channel);
      places.delete(channel);
      if (place !== undefined) masters.get(place)?.unsubscribe(channel);
    },
    close() {
      places.clear();
      for (const subscriptions of masters.values()) subscriptions.close();
      masters.clear();
    },
  };
}
