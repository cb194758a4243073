import type { DocumentNode } from 'graphql';
import { textLengthOf } from '../graphql/document-store.js';
import { createQuota, EVERYBODY } from './socket-limits.js';

/**
 * The most text of the documents of all subscriptions, in characters, and of those that clients of one network brought.
 * A parsed document takes a hundred times its text, for as long as a subscription needs it.
 */
const MAX_TEXT = 500_000;
const MAX_TEXT_PER_NETWORK = 50_000;

interface Standing {
  readonly document: DocumentNode;
  /** The network that it is counted for: the one that brought it first. */
  readonly network: string;
  users: number;
}

/** The documents of the subscriptions at this instance. Subscriptions of the same text share one. */
export interface StandingDocuments {
  find(text: string): DocumentNode | undefined;
  /** @returns whether there is room for it; if so, `release` must be called once */
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
