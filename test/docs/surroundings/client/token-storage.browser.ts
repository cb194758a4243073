import '../page.ts';

// <snippet>

await client.signIn(window.ethereum);
client.close();
const afterReload = createWalletSessionsClient({ url: '/graphql', cookies: true });
await afterReload.ready;
if (afterReload.state.status !== 'signed-in') throw new Error('The session is lost.');
