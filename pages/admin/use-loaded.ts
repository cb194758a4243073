import { useEffect, useState } from 'react';
import { failureText, useAccess } from './use-access.js';

export interface Loaded<Result> {
  /** The last result, also while another one is loaded. */
  readonly result: Result | undefined;
  readonly failure: string | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/**
 * Loads something from the API: again when `load` changes, after a fresh signature, and on request. Pass a function that
 * changes with what it depends on (`useCallback`).
 */
export function useLoaded<Result>(load: (signal: AbortSignal) => Promise<Result>): Loaded<Result> {
  const { signatures } = useAccess();
  const [count, setCount] = useState(0);
  const [state, setState] = useState<Omit<Loaded<Result>, 'reload'> & { by?: unknown }>({
    result: undefined,
    failure: undefined,
    isLoading: true,
  });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setState((before) => ({
      ...before,
      // What was loaded by another function is about something else.
      ...(before.by !== load && { result: undefined }),
      isLoading: true,
    }));
    load(signal).then(
      (result) => {
        if (signal.aborted) return;
        setState({ result, failure: undefined, isLoading: false, by: load });
      },
      (error: unknown) => {
        if (signal.aborted) return;
        setState((before) => ({ ...before, failure: failureText(error), isLoading: false }));
      },
    );
    return () => {
      controller.abort();
    };
  }, [load, signatures, count]);
  return {
    ...state,
    reload: () => {
      setCount((before) => before + 1);
    },
  };
}
