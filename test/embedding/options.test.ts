import type { WalletSessionsOptions } from '../../src/library/wallet-sessions.js';
import { createWalletSessions } from '../../src/library/wallet-sessions.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { aKey } from '../harness/domain.js';
import { temporaryDirectory } from '../harness/stores.js';

describe('createWalletSessions refuses', () => {
  let store: OpenStore;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const directory = await temporaryDirectory();
    store = openEmbeddedStore({ directory: directory.path });
    ({ remove } = directory);
  });
  afterAll(async () => {
    await store.close();
    await remove();
  });

  it.each<[string, Partial<WalletSessionsOptions>, RegExp]>([
    ['an origin with a path', { origins: ['https://app.example.com/'] }, /no path/],
    ['a statement of two lines', { signIn: { statement: 'Sign\nin.' } }, /one line/],
    ['a timeout that is no number', { sessions: { timeout: NaN } }, /sessions\.timeout is NaN/],
    ['a timeout of less than a second', { sessions: { timeout: 2 } }, /at least 1000/],
    ['a negative grace time', { sessions: { refreshGrace: -1 } }, /sessions\.refreshGrace is -1/],
    ['half a session', { sessions: { limit: 0.5 } }, /sessions\.limit is 0\.5.* whole number,/],
    ['cookies over plain HTTP', { origins: ['http://app.example.com'], cookies: true }, /https/],
  ])('%s, and says what it should be', (_what, options, message) => {
    const create = () =>
      createWalletSessions({
        store,
        keys: [aKey('first')],
        origins: ['https://app.example.com'],
        ...options,
      });
    expect(create).toThrow(RangeError);
    expect(create).toThrow(message);
  });
});
