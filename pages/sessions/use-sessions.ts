import { useCallback, useEffect, useRef, useState } from 'react';
import type { Session } from '../../client/src/index.js';
import { client } from '../client.js';
import { onVisible } from './on-visible.js';

export interface Sessions {
  /** `undefined` until they are here. */
  readonly sessions: readonly Session[] | undefined;
  readonly failure: string | undefined;
  /** What to say of the session that ended last. */
  readonly lastEnded: string | undefined;
  /** Removes sessions that this page has logged out: those of contracts are not announced with the wallet's own. */
  readonly remove: (ids: readonly string[]) => void;
}

/** The wallet's sessions, as they are now and as they end. New ones are there when the page is looked at again. */
export function useSessions(current: Session): Sessions {
  const [sessions, setSessions] = useState<readonly Session[]>();
  const [failure, setFailure] = useState<string>();
  const [lastEnded, setLastEnded] = useState<string>();
  /** A list that was requested before they ended may still contain them. */
  const ended = useRef(new Set<string>());
  const remove = useCallback((ids: readonly string[]) => {
    for (const id of ids) ended.current.add(id);
    setSessions((known) => known?.filter(({ id }) => !ended.current.has(id)));
  }, []);

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const load = () => {
      loadAll(signal).then(
        (all) => {
          setSessions(all.filter(({ id }) => !ended.current.has(id)));
          setFailure(undefined);
        },
        (error: unknown) => {
          if (!signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
        },
      );
    };
    load();
    const stopLooking = onVisible(load);
    const stopListening = client.on('revocation', ({ sessionId }) => {
      remove([sessionId]);
      setLastEnded('A session has ended.');
    });
    return () => {
      controller.abort();
      stopListening();
      stopLooking();
    };
  }, [current.id, remove]);

  return { sessions, failure, lastEnded, remove };
}

async function loadAll(signal: AbortSignal): Promise<Session[]> {
  const all: Session[] = [];
  let after: string | undefined;
  do {
    const page = await client.sessions({ signal, ...(after !== undefined && { after }) });
    all.push(...page.sessions);
    after = page.endCursor;
  } while (after !== undefined);
  return all;
}
