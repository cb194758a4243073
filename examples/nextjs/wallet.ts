// Wallet sessions in Next.js. The store opens at the first request: `next build` loads this module, too.
import { createWalletSessions } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import { createFetchApi, type FetchApi } from 'wallet-sessions/fetch';

// Next.js loads the module once for each of its bundles, and again when it changes: the store must open once.
const scope = globalThis as { wallet?: FetchApi };

export function wallet(): FetchApi {
  const { ORIGIN = 'http://localhost:3000', DIRECTORY = '.wallet-sessions' } = process.env;
  return (scope.wallet ??= createFetchApi(
    createWalletSessions({
      store: openEmbeddedStore({ directory: DIRECTORY }),
      keys: [{ id: 'example', secret: Buffer.alloc(32, 'use a secret of your own') }],
      origins: [ORIGIN],
      cookies: true,
    }),
  ));
}

/** The client of a request. Next.js does not tell the address of the connection: have your proxy set this header. */
export const clientOf = ({ headers }: Request) => ({ ip: headers.get('x-real-ip') ?? undefined });
