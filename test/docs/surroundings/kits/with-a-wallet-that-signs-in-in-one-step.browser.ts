import '../page.ts';

// <snippet>

if (client.state.status !== 'signed-in') throw new Error(client.state.status);
client.close();
