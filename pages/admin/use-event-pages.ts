import { useCallback, useEffect, useRef, useState } from 'react';
import type { AuditEventFieldsFragment } from '../generated/documents.js';
import { failureText, useAccess } from './use-access.js';

export type AuditEvent = AuditEventFieldsFragment;

interface EventConnection {
  readonly edges: readonly { readonly node: AuditEvent }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

type LoadPage = (after: string | undefined, signal: AbortSignal) => Promise<EventConnection>;

export interface EventPages {
  /** Newest first; `undefined` until the first page is here. */
  readonly events: readonly AuditEvent[] | undefined;
  /** The events that came while the page was open. */
  readonly fresh: ReadonlySet<string>;
  readonly hasMore: boolean;
  readonly failure: string | undefined;
  readonly isLoading: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
  /** Puts a new event at the top. */
  readonly add: (event: AuditEvent) => void;
}

/** A filtered page may be empty although older events exist. At most this many pages are read until one has an event. */
const ATTEMPTS = 4;

interface Known {
  readonly events: readonly AuditEvent[] | undefined;
  readonly endCursor: string | undefined;
  readonly hasMore: boolean;
}

const NOTHING: Known = { events: undefined, endCursor: undefined, hasMore: false };
const NONE: ReadonlySet<string> = new Set();

/** Audit events in pages, from a function that changes with what it selects. */
export function useEventPages(loadPage: LoadPage): EventPages {
  const { signatures } = useAccess();
  const [known, setKnown] = useState(NOTHING);
  const [fresh, setFresh] = useState(NONE);
  const [failure, setFailure] = useState<string>();
  const [isLoading, setIsLoading] = useState(true);
  const [count, setCount] = useState(0);
  const controller = useRef<AbortController>(undefined);

  const load = useCallback(
    (after: string | undefined) => {
      controller.current?.abort();
      const { signal } = (controller.current = new AbortController());
      setIsLoading(true);
      search(loadPage, after, signal).then(
        (page) => {
          if (signal.aborted) return;
          setKnown((before) => ({
            ...page,
            events: after === undefined ? page.events : joined(before.events, page.events),
          }));
          setFailure(undefined);
          setIsLoading(false);
        },
        (error: unknown) => {
          if (signal.aborted) return;
          setFailure(failureText(error));
          setIsLoading(false);
        },
      );
    },
    [loadPage],
  );

  useEffect(() => {
    setKnown(NOTHING);
    setFresh(NONE);
  }, [loadPage]);
  useEffect(() => {
    load(undefined);
    return () => controller.current?.abort();
  }, [load, signatures, count]);

  return {
    ...known,
    fresh,
    failure,
    isLoading,
    loadMore: () => {
      load(known.endCursor);
    },
    reload: () => {
      setCount((before) => before + 1);
    },
    add: useCallback((event: AuditEvent) => {
      setFresh((before) => new Set([...before, event.id]));
      setKnown((before) => ({ ...before, events: joined([event], before.events ?? []) }));
    }, []),
  };
}

async function search(
  loadPage: LoadPage,
  after: string | undefined,
  signal: AbortSignal,
): Promise<Known & { readonly events: readonly AuditEvent[] }> {
  let cursor = after;
  for (let attempt = 1; ; attempt += 1) {
    const { edges, pageInfo } = await loadPage(cursor, signal);
    cursor = pageInfo.endCursor ?? undefined;
    if (edges.length > 0 || !pageInfo.hasNextPage || attempt === ATTEMPTS) {
      return {
        events: edges.map(({ node }) => node),
        endCursor: cursor,
        hasMore: pageInfo.hasNextPage,
      };
    }
  }
}

/** Each event once. */
function joined(
  newer: readonly AuditEvent[] = [],
  older: readonly AuditEvent[],
): readonly AuditEvent[] {
  const ids = new Set(newer.map(({ id }) => id));
  return [...newer, ...older.filter(({ id }) => !ids.has(id))];
}
