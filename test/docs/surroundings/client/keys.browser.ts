import '../page.ts';

// <snippet>

const { id } = await client.signIn(window.ethereum);
const { session } = await client.request<{ session: { id: string; keyBound: boolean } }>(
  '{ session { id keyBound } }',
);
if (session.id !== id || !session.keyBound) throw new Error('The session is not bound.');

const result = <Value>(request: IDBRequest<Value>) =>
  new Promise<Value>((resolve) => (request.onsuccess = () => resolve(request.result)));
const database = await result(indexedDB.open('wallet-sessions-keys', 1));
const keys = database.transaction('keys').objectStore('keys');
const pair = await result(keys.get(id) as IDBRequest<CryptoKeyPair>);
if (pair.privateKey.extractable) throw new Error('A script can read the private key.');

// Another tab has the tokens, and finds the key.
const otherTab = createWalletSessionsClient({ url: '/graphql', ...bindToKeys() });
const heard = new Promise<void>((resolve) =>
  otherTab.on('change', ({ status }) => {
    if (status === 'signed-in') resolve();
  }),
);
await heard;
if ((await otherTab.session())?.id !== id) throw new Error('The other tab does not prove the key.');
