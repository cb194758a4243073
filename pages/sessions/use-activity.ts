import { useCallback, useEffect, useState } from 'react';
import type { Session } from '../../client/src/index.js';
import { client } from '../client.js';
import { ActivityDocument, type ActivityQuery } from '../generated/documents.js';
import { onVisible } from './on-visible.js';

/** Something that happened to the wallet's sessions. */
export type ActivityEvent = ActivityQuery['auditEvents']['edges'][number]['node'];

export interface Activity {
  /** Newest first; `undefined` until they are here. */
  readonly events: readonly ActivityEvent[] | undefined;
  readonly hasMore: boolean;
  readonly failure: string | undefined;
  /** Adds a page of older events. Rejects where they cannot be had. */
  readonly loadMore: () => Promise<void>;
}

interface Known {
  readonly events: readonly ActivityEvent[];
  /** Where older ones go on; `undefined` where there are none. */
  readonly endCursor: string | undefined;
}

const PAGE_SIZE = 10;

/** An act is told before it is in the log: so often is the log asked for it, with growing pauses. */
const ATTEMPTS = 6;
const FIRST_PAUSE = 100;

/**
 * What happened to the wallet's sessions. New events are there as sessions end, as this one is refreshed, and
 * when the page is looked at again.
 */
export function useActivity(current: Session): Activity {
  const [known, setKnown] = useState<Known>();
  const [failure, setFailure] = useState<string>();

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const load = (isExpected: (event: ActivityEvent) => boolean) => {
      loadUntil(isExpected, signal, (page) => {
        setKnown((before) => withNewest(before, page));
        setFailure(undefined);
      }).catch((error: unknown) => {
        if (!signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
      });
    };
    /** The grant of this session is an act of its own. */
    const loadSince = ({ lastSeenAt }: Session) => {
      load(({ at }) => at >= lastSeenAt);
    };
    if (client.state.session) loadSince(client.state.session);
    const stops = [
      onVisible(() => {
        load(() => true);
      }),
      client.on('change', ({ session }) => {
        if (session) loadSince(session);
      }),
      client.on('revocation', ({ sessionId }) => {
        load((event) => event.type === 'SESSION_REVOKED' && event.sessionId === sessionId);
      }),
    ];
    return () => {
      controller.abort();
      for (const stop of stops) stop();
    };
  }, [current.id]);

  const endCursor = known?.endCursor;
  const loadMore = useCallback(async () => {
    const page = await loadPage(endCursor);
    setKnown((before) => before && { ...page, events: joined(before.events, page.events) });
  }, [endCursor]);

  return { events: known?.events, hasMore: endCursor !== undefined, failure, loadMore };
}

async function loadPage(after?: string, signal?: AbortSignal): Promise<Known> {
  const variables = { first: PAGE_SIZE, ...(after !== undefined && { after }) };
  const { auditEvents } = await client.request(ActivityDocument, variables, {
    ...(signal && { signal }),
  });
  const { hasNextPage, endCursor } = auditEvents.pageInfo;
  return {
    events: auditEvents.edges.map(({ node }) => node),
    endCursor: hasNextPage ? (endCursor ?? undefined) : undefined,
  };
}

/** Takes the newest page, again and again until it has what is expected or that cannot be expected any more. */
async function loadUntil(
  isExpected: (event: ActivityEvent) => boolean,
  signal: AbortSignal,
  take: (page: Known) => void,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const page = await loadPage(undefined, signal);
    signal.throwIfAborted();
    take(page);
    if (attempt === ATTEMPTS || page.events.some(isExpected)) return;
    await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE * 2 ** attempt));
  }
}

/** What is known with the newest page in front; that page alone, where there may be a gap between them. */
function withNewest(before: Known | undefined, page: Known): Known {
  const ids = new Set(page.events.map(({ id }) => id));
  if (!before?.events.some(({ id }) => ids.has(id))) return page;
  return { ...before, events: joined(page.events, before.events) };
}

/** Each event once. */
function joined(
  newer: readonly ActivityEvent[],
  older: readonly ActivityEvent[],
): readonly ActivityEvent[] {
  const ids = new Set(newer.map(({ id }) => id));
  return [...newer, ...older.filter(({ id }) => !ids.has(id))];
}
