import { useEffect, useRef, type RefObject } from 'react';
import { useSession } from '../client/src/react.js';

/**
 * Where a keyboard and a screen reader go on after a sign-in or its end took away what they were on. A focus that is
 * somewhere else stays there.
 */
export function useFocusKept<Kind extends HTMLElement>(): RefObject<Kind | null> {
  const { status } = useSession();
  const place = useRef<Kind>(null);
  const before = useRef(status);
  useEffect(() => {
    const hasChanged = before.current !== 'loading' && before.current !== status;
    before.current = status;
    if (hasChanged && document.activeElement === document.body) place.current?.focus();
  }, [status]);
  return place;
}
