import { useEffect, useState } from 'react';
import type { Session } from '../../client/src/index.js';
import { client } from '../client.js';
import { onVisible } from './on-visible.js';

export interface Sessions {
  /** `undefined` until they are here. */
  readonly sessions: readonly Session[] | undefined;
  readonly failure: string | undefined;
  /** What to say of the session that ended last. */
  readonly lastEnded: string | undefined;
}

/** The wallet's sessions, as they are now and as they end. New ones are there when the page is looked at again. */
export function useSessions(current: Session): Sessions {
  const [sessions, setSessions] = useState<readonly Session[]>();
  const [failure, setFailure] = useState<string>();
  const [lastEnded, setLastEnded] = useState<string>();

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    /** A list that was asked for before they ended may still have them. */
    const ended = new Set<string>();
    const load = () => {
      loadAll(signal).then(
        (all) => {
          setSessions(all.filter(({ id }) => !ended.has(id)));
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
      ended.add(sessionId);
      setSessions((known) => known?.filter(({ id }) => id !== sessionId));
      setLastEnded('A session has ended.');
    });
    return () => {
      controller.abort();
      stopListening();
      stopLooking();
    };
  }, [current.id]);

  return { sessions, failure, lastEnded };
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
