import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import {
  createWalletSessions,
  type WalletSessions,
  type WalletSessionsOptions,
} from '../../src/core/wallet-sessions.js';
import { aKey } from './domain.js';
import { ORIGIN } from './sign-in-message.js';
import {
  ownPrefix,
  PATIENT_TIMEOUT,
  redisUrl,
  temporaryDirectory,
  type StoreName,
} from './stores.js';
import { aWallet, type TestWallet } from './wallet.js';

/**
 * `WalletSessions` as an application creates them, on an unshared store.
 * @param around wraps the store
 */
export async function embedWalletSessions<Request = IncomingMessage>(
  storeName: StoreName,
  options: Partial<WalletSessionsOptions<Request>> = {},
  around: (store: OpenStore) => OpenStore = (store) => store,
): Promise<WalletSessions<Request>> {
  const directory = await temporaryDirectory();
  const store: OpenStore =
    storeName === 'Redis'
      ? await openRedisStore({
          url: redisUrl(),
          keyPrefix: ownPrefix(),
          commandTimeout: PATIENT_TIMEOUT,
        })
      : openEmbeddedStore({ directory: directory.path });
  const walletSessions = createWalletSessions({
    store: around(store),
    keys: [aKey('first')],
    origins: [ORIGIN],
    ...options,
  });
  return {
    ...walletSessions,
    async close() {
      await walletSessions.close();
      await directory.remove();
    },
  };
}

/** Signs in without a transport. */
export async function signInTo(
  { signIn }: Pick<WalletSessions, 'signIn'>,
  wallet: TestWallet = aWallet(),
) {
  const { message = '' } = await signIn.createChallenge({ account: wallet.account }, {});
  return signIn.complete({ message, signature: await wallet.sign(message) }, {});
}

export interface TestApplication {
  readonly url: string;
  readonly http: Server;
  close(): Promise<void>;
}

/** Serves an Express application or any other listener on a free port. */
export async function serve(listener: RequestListener): Promise<TestApplication> {
  const http = createServer(listener).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    http,
    async close() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
