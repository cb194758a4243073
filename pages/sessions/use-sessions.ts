import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { Revocation, Session } from '../../client/src/index.js';
import { client } from '../client.js';
import { ListedSessionsDocument, type ListedSessionsQuery } from '../generated/documents.js';
import { notify } from '../design/notices.js';
import { nameOfDevice } from './describe-device.js';
import { noticeOfEnd } from './describe-end-of-session.js';
import { onVisible } from './on-visible.js';

/** A session as the list has it. The session of the page itself has the same facts only when the list is loaded. */
export type ShownSession = Session &
  Partial<Pick<ListedSessionsQuery['sessions']['edges'][number]['node'], 'place' | 'keyBound'>>;

/** A session in the list; one that has ended is shown as such for a moment before it leaves. */
export interface ListedSession {
  readonly session: ShownSession;
  readonly ended?: Revocation['reason'] | undefined;
}

export interface Sessions {
  /** `undefined` until they are loaded. */
  readonly sessions: readonly ListedSession[] | undefined;
  readonly failure: string | undefined;
  readonly reload: () => void;
  /** Sessions that this page has seen, by id, including those that have ended since. */
  readonly known: ReadonlyMap<string, Session>;
  /**
   * Ends sessions and shows that they leave. Those of contracts are not announced with the wallet's own. Ends that are
   * announced meanwhile need no notice.
   * @param ids the sessions that may end
   * @param act resolves to the ids of those that have ended
   */
  readonly end: (
    ids: readonly string[],
    act: () => Promise<readonly string[]>,
  ) => Promise<readonly string[]>;
}

const PAGE_SIZE = 50;

/** How long a session that has ended stays in the list, in milliseconds. */
const LEAVES_FOR = 2000;

/** The wallet's sessions as they are now. They leave as they end; new ones are loaded when the page is looked at again. */
export function useSessions(current: Session): Sessions {
  const [sessions, setSessions] = useState<readonly ListedSession[]>();
  const [failure, setFailure] = useState<string>();
  const [attempt, reload] = useReducer((count: number) => count + 1, 0);
  const known = useRef(new Map<string, Session>());
  /** A list that was requested before they ended may still contain them. */
  const ended = useRef(new Map<string, Revocation['reason']>());
  /** Sessions that this page is about to end. */
  const ending = useRef(new Set<string>());
  const currentId = current.id;

  const leave = useCallback((ids: readonly string[], reason: Revocation['reason']) => {
    const fresh = ids.filter((id) => !ended.current.has(id));
    for (const id of fresh) ended.current.set(id, reason);
    if (fresh.length === 0) return;
    setSessions((listed) =>
      listed?.map((one) => (fresh.includes(one.session.id) ? { ...one, ended: reason } : one)),
    );
    setTimeout(() => {
      setSessions((listed) => listed?.filter(({ session }) => !fresh.includes(session.id)));
    }, LEAVES_FOR);
  }, []);

  const end = useCallback<Sessions['end']>(
    async (ids, act) => {
      for (const id of ids) ending.current.add(id);
      try {
        const done = await act();
        leave(done, 'LOGOUT');
        return done;
      } finally {
        for (const id of ids) ending.current.delete(id);
      }
    },
    [leave],
  );

  useEffect(() => {
    setSessions(undefined);
    known.current = new Map();
    const stopListening = client.on('revocation', ({ sessionId, reason }) => {
      const session = known.current.get(sessionId);
      if (session && sessionId !== currentId && !ending.current.has(sessionId)) {
        if (!ended.current.has(sessionId)) notify(noticeOfEnd(nameOfDevice(session), reason));
      }
      leave([sessionId], reason);
    });
    return stopListening;
  }, [currentId, leave]);

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const load = () => {
      loadAll(signal).then(
        (all) => {
          for (const session of all) known.current.set(session.id, session);
          setSessions((listed) => [
            ...all.filter(({ id }) => !ended.current.has(id)).map((session) => ({ session })),
            ...(listed?.filter((one) => one.ended !== undefined) ?? []),
          ]);
          setFailure(undefined);
        },
        (error: unknown) => {
          if (!signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
        },
      );
    };
    load();
    const stopLooking = onVisible(load);
    return () => {
      controller.abort();
      stopLooking();
    };
  }, [currentId, attempt]);

  return { sessions, failure, reload, known: known.current, end };
}

async function loadAll(signal: AbortSignal): Promise<ShownSession[]> {
  const all: ShownSession[] = [];
  let after: string | undefined;
  do {
    const variables = { first: PAGE_SIZE, ...(after !== undefined && { after }) };
    const { sessions } = await client.request(ListedSessionsDocument, variables, { signal });
    all.push(...sessions.edges.map(({ node }) => node));
    const { hasNextPage, endCursor } = sessions.pageInfo;
    after = hasNextPage ? (endCursor ?? undefined) : undefined;
  } while (after !== undefined);
  return all;
}
