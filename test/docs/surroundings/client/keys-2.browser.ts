import '../page.ts';

// <snippet>

const database = await new Promise<IDBDatabase>((resolve) => {
  const opening = indexedDB.open('wallet-sessions-keys', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
  opening.onsuccess = () => resolve(opening.result);
});
const hasKey = (id: string) =>
  new Promise<boolean>((resolve) => {
    const counting = database.transaction('keys').objectStore('keys').count(id);
    counting.onsuccess = () => resolve(counting.result > 0);
  });

const { id } = await client.signIn(window.ethereum);
if (!(await hasKey(id))) throw new Error('The key is not stored.');
await client.logout();
while (await hasKey(id));
client.close();
