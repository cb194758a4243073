import { createContext, runInContext } from 'node:vm';
import { buildSync } from 'esbuild';
import { Wallet } from 'ethers';
import { WebSocket } from 'ws';
import type * as Package from '../../client/src/index.js';
import { aProvider } from '../harness/eip1193-provider.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aStorage } from '../harness/token-storage.js';

/** The `URL` of React Native 0.7x: it appends a slash and has no setters. */
class UrlOfReactNative {
  readonly href: string;
  constructor(url: string) {
    this.href = url.includes('?') || url.endsWith('/') ? url : `${url}/`;
  }
  get protocol(): string {
    return `${this.href.split(':')[0]}:`;
  }
}

/** A signal of the polyfill `abort-controller`, without `reason` and `throwIfAborted`. */
function aPolyfilledController() {
  const signal = Object.assign(new EventTarget(), { aborted: false });
  return {
    signal: signal as EventTarget & AbortSignal,
    abort() {
      signal.aborted = true;
      signal.dispatchEvent(new Event('abort'));
    },
  };
}

/** The package with the globals that React Native has, and no others: no page, no `TextEncoder`, no channels, no locks. */
function inReactNative(): typeof Package {
  const { outputFiles } = buildSync({
    entryPoints: ['client/src/index.ts'],
    bundle: true,
    format: 'iife',
    globalName: 'walletSessionsClient',
    target: 'es2022',
    write: false,
  });
  const globals = {
    URL: UrlOfReactNative,
    AbortController,
    WebSocket,
    clearTimeout,
    fetch,
    queueMicrotask,
    setTimeout,
  };
  return runInContext(
    `${outputFiles[0]?.text ?? ''}; walletSessionsClient`,
    createContext(globals),
  ) as typeof Package;
}

describe('a client in React Native', () => {
  const { createWalletSessionsClient } = inReactNative();
  const wallet = Wallet.createRandom();
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterAll(() => service.stop());

  it('signs in with an EIP-1193 provider in React Native and receives the end of its session over WebSocket', async () => {
    const client = createWalletSessionsClient({ url: service.url, storage: aStorage() });
    const elsewhere = createWalletSessionsClient({ url: service.url });
    const ended = new Promise((resolve) => client.on('end', resolve));
    const provider = aProvider();
    const { id } = await client.signIn(provider);
    await elsewhere.signIn(provider);
    await elsewhere.logout(id);
    expect(await ended).toEqual({ sessionId: id, reason: 'LOGOUT' });
    client.close();
    elsewhere.close();
  });

  it.each<
    [string, (client: Package.WalletSessionsClient, signal: AbortSignal) => Promise<unknown>]
  >([
    ['signIn', (client, signal) => client.signIn(wallet, { signal })],
    ['reauthenticate', (client, signal) => client.reauthenticate(wallet, { signal })],
    ['session', (client, signal) => client.session({ signal })],
    ['sessions', (client, signal) => client.sessions({ signal })],
    ['logout', (client, signal) => client.logout('any', { signal })],
    ['logoutAll', (client, signal) => client.logoutAll({ signal })],
    ['request', (client, signal) => client.request('{ session { id } }', {}, { signal })],
  ])(
    'rejects %s when a signal without a reason and throwIfAborted is aborted',
    async (_method, act) => {
      const client = createWalletSessionsClient({ url: service.url });
      const [aborted, underWay] = [aPolyfilledController(), aPolyfilledController()];
      aborted.abort();
      await expect(act(client, aborted.signal)).rejects.toMatchObject({ name: 'AbortError' });

      const held = createWalletSessionsClient({
        url: service.url,
        fetch: (_url, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reject(new Error('fetch was aborted'));
            });
            underWay.abort();
          }),
      });
      await expect(act(held, underWay.signal)).rejects.toMatchObject({ name: 'AbortError' });
    },
  );

  it('resolves requests whose signal without throwIfAborted is never aborted', async () => {
    const client = createWalletSessionsClient({ url: service.url });
    const { signal } = aPolyfilledController();
    const { id } = await client.signIn(wallet, { signal });
    expect((await client.session({ signal }))?.id).toBe(id);
  });
});
