import { useEffect, useState } from 'react';
import { useSession } from '../client/src/react.js';
import { client } from './client.js';
import { IsAdministratorDocument } from './generated/documents.js';
import { settings } from './settings.js';

/** Whether the wallet that is signed in is an administrator; `undefined` until that is known. */
export function useIsAdministrator(): boolean | undefined {
  const { session } = useSession();
  const id = session?.id;
  const [known, setKnown] = useState<{ id: string; answer: boolean }>();
  useEffect(() => {
    if (id === undefined || !settings.pages.has('admin')) return;
    const controller = new AbortController();
    const { signal } = controller;
    client.request(IsAdministratorDocument, {}, { signal }).then(
      ({ isAdministrator }) => {
        setKnown({ id, answer: isAdministrator });
      },
      // The link is not worth an error: the page itself says what is wrong.
      () => undefined,
    );
    return () => {
      controller.abort();
    };
  }, [id]);
  return known?.id === id ? known?.answer : undefined;
}
