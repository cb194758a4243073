import { GraphQLError, type DocumentNode } from 'graphql';
import type { SocketExtra } from './graphql-over-websocket.js';
import { createQuota, EVERYBODY, type Quota, type SocketLimits } from './socket-limits.js';
import type { StandingDocuments } from './standing-documents.js';

/** What a socket's subscriptions are counted for. */
type Holder = Pick<SocketExtra, 'network' | 'bound' | 'counted'>;

/** Counts subscriptions, from their request to their end. */
export interface SubscriptionQuota {
  /** @returns the error to answer where there are too many */
  take(holder: Holder, id: string, document: DocumentNode): GraphQLError | undefined;
  give(holder: Holder, id: string): void;
  giveAll(holder: Holder): void;
}

export function createSubscriptionQuota(
  limits: SocketLimits,
  documents: StandingDocuments,
): SubscriptionQuota {
  const ofSession = createQuota(limits.subscriptionsPerSession);
  const ofNetwork = createQuota(limits.subscriptionsPerNetwork);
  const inAll = createQuota(limits.subscriptions);

  function quotasOf({ network, bound }: Holder): Taking[] {
    return [
      ...(bound === undefined
        ? []
        : [{ quota: ofSession, key: bound.connection.session.id, error: SESSION }]),
      { quota: ofNetwork, key: network, error: NETWORK },
      { quota: inAll, key: EVERYBODY, error: INSTANCE },
    ];
  }

  function give(holder: Holder, id: string): void {
    const document = holder.counted.get(id);
    if (document === undefined) return;
    holder.counted.delete(id);
    documents.release(document);
    for (const { quota, key } of quotasOf(holder)) quota.give(key);
  }

  return {
    take(holder, id, document) {
      const taken: Taking[] = [];
      const refuse = (message: string): GraphQLError => {
        for (const { quota, key } of taken) quota.give(key);
        return tooMany(message);
      };
      for (const taking of quotasOf(holder)) {
        if (!taking.quota.take(taking.key)) return refuse(taking.error);
        taken.push(taking);
      }
      if (!documents.hold(document, holder.network)) return refuse(DOCUMENTS);
      holder.counted.set(id, document);
      return undefined;
    },
    give,
    giveAll(holder) {
      for (const id of [...holder.counted.keys()]) give(holder, id);
    },
  };
}

interface Taking {
  readonly quota: Quota;
  readonly key: string;
  readonly error: string;
}

const SESSION =
  'This session has as many subscriptions as it may have. Complete one, or share one within the application.';
const NETWORK =
  'This address has as many subscriptions as it may have. Complete one, or share one within the application.';
const INSTANCE =
  'This instance has as many subscriptions as it may have. Connect again in a while, to reach another instance.';
const DOCUMENTS =
  'The documents of the subscriptions are too long, or too many. Use the same document for all, with variables.';

function tooMany(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } });
}
