import '../page.ts';

// <snippet>

const ended = new Promise((resolve) => client.on('end', resolve));
await client.logout();
await ended;
