import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import {
  ClientError,
  type RequestArguments,
  type TypedDocument,
  type Wallet,
} from '../../client/src/index.js';
import { client } from '../client.js';

/** How the parts of the page reach the administration API. */
export interface Access {
  /** Whether the API has asked for a fresh signature since the last one. */
  readonly isStale: boolean;
  /** The number of fresh signatures on this page: what was refused is to be tried again when it changes. */
  readonly signatures: number;
  /** Notes that the API asks for a fresh signature. */
  readonly expire: () => void;
  /** Has the wallet sign. */
  readonly confirm: (wallet: Wallet, signal: AbortSignal) => Promise<void>;
  /** Sends an operation. Rejects as the client does, and notes when the API asks for a fresh signature. */
  readonly request: <Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    options?: { readonly signal: AbortSignal },
  ) => Promise<Result>;
}

const AccessContext = createContext<Access | undefined>(undefined);

export function AccessProvider({ children }: { readonly children: ReactNode }) {
  const [isStale, setIsStale] = useState(false);
  const [signatures, setSignatures] = useState(0);
  const request = useCallback(
    async <Result, Variables>(
      document: TypedDocument<Result, Variables>,
      ...given: [variables: Variables, options?: { readonly signal: AbortSignal }]
    ) => {
      try {
        return await client.request(document, ...(given as RequestArguments<Variables>));
      } catch (error) {
        if (isRefusedAs(error, 'REAUTHENTICATION_REQUIRED')) setIsStale(true);
        throw error;
      }
    },
    [],
  );
  const access = useMemo<Access>(
    () => ({
      isStale,
      signatures,
      request,
      expire: () => {
        setIsStale(true);
      },
      async confirm(wallet, signal) {
        await client.reauthenticate(wallet, { signal });
        setIsStale(false);
        setSignatures((count) => count + 1);
      },
    }),
    [isStale, signatures, request],
  );
  return <AccessContext value={access}>{children}</AccessContext>;
}

export function useAccess(): Access {
  const access = useContext(AccessContext);
  if (access === undefined) throw new Error('The page has no access to the administration API.');
  return access;
}

export function isRefusedAs(error: unknown, code: string): boolean {
  return error instanceof ClientError && error.code === code;
}

/** What went wrong, and what to do; nothing where the page asks for a signature anyway. */
export function failureText(error: unknown): string | undefined {
  if (isRefusedAs(error, 'REAUTHENTICATION_REQUIRED')) return undefined;
  if (isRefusedAs(error, 'NETWORK_ERROR')) {
    return 'The service cannot be reached. Check your connection, and try again.';
  }
  if (isRefusedAs(error, 'SERVICE_UNAVAILABLE')) {
    return 'The service cannot reach its store. Try again in a few seconds.';
  }
  return error instanceof Error ? error.message : String(error);
}
