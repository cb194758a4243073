import { GraphQLError, type DocumentNode } from 'graphql';
import { createQuota, EVERYBODY, type Quota } from '../http/quota.js';
import type { SocketLimits } from './socket-limits.js';
import { textLengthOf } from '../graphql/documents.js';

/** The state of a socket that is needed to count its subscriptions. */
interface Holder {
  readonly network: string;
  /** The socket's connection to its session. */
  readonly bound?:
    { readonly connection: { readonly session: { readonly id: string } } } | undefined;
  /** The documents of its counted subscriptions, by operation id. */
  readonly counted: Map<string, DocumentNode>;
}

/** Counts subscriptions, from their request to their end. */
interface SubscriptionQuota {
  /** @returns the error to answer if there are too many */
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
  'This session has reached its limit of subscriptions. Complete one, or share one within the application.';
const NETWORK =
  'This address has reached its limit of subscriptions. Complete one, or share one within the application.';
const INSTANCE =
  'This instance has reached its limit of subscriptions. Reconnect later, to reach another instance.';
const DOCUMENTS =
  'The subscriptions use too many or too long documents. Use the same document for all, with variables.';

function tooMany(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } });
}

/**
 * Maximum total length of the documents of subscriptions, in characters, for the instance and for one network. A parsed
 * document takes about a hundred times its text while a subscription uses it.
 */
const MAX_TEXT = 500_000;
const MAX_TEXT_PER_NETWORK = 50_000;

interface Standing {
  readonly document: DocumentNode;
  /** The network for which it is counted: the first one that sent it. */
  readonly network: string;
  users: number;
}

/** The documents of the subscriptions at this instance. Subscriptions with the same text share a document. */
export interface StandingDocuments {
  find(text: string): DocumentNode | undefined;
  /** @returns whether there is room for it; if true, `release` must be called once */
  hold(document: DocumentNode, network: string): boolean;
  release(document: DocumentNode): void;
}

export function createStandingDocuments(): StandingDocuments {
  const standing = new Map<string, Standing>();
  const inAll = createQuota(MAX_TEXT);
  const ofNetwork = createQuota(MAX_TEXT_PER_NETWORK);
  return {
    find: (text) => standing.get(text)?.document,
    hold(document, network) {
      const text = textOf(document);
      const found = standing.get(text);
      if (found !== undefined) {
        found.users += 1;
        return true;
      }
      const length = textLengthOf(document);
      if (!ofNetwork.take(network, length)) return false;
      if (!inAll.take(EVERYBODY, length)) {
        ofNetwork.give(network, length);
        return false;
      }
      standing.set(text, { document, network, users: 1 });
      return true;
    },
    release(document) {
      const text = textOf(document);
      const found = standing.get(text);
      if (found === undefined) return;
      found.users -= 1;
      if (found.users > 0) return;
      standing.delete(text);
      inAll.give(EVERYBODY, textLengthOf(document));
      ofNetwork.give(found.network, textLengthOf(document));
    },
  };
}

const textOf = ({ loc }: DocumentNode): string => loc?.source.body ?? '';
