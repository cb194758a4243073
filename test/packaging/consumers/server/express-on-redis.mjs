// An application with Express and Redis, which has installed no optional peer but Express. Its argument is the Redis URL.
import { createWalletSessions } from 'wallet-sessions';
import { requireWalletSession } from 'wallet-sessions/express';
import { openRedisStore } from 'wallet-sessions/redis';

const store = await openRedisStore({ url: process.argv[2], keyPrefix: process.argv[3] });
const walletSessions = createWalletSessions({
  store,
  keys: [{ id: 'first', secret: Buffer.alloc(32, 1) }],
  origins: ['https://app.example.com'],
});
const { nonce } = await walletSessions.signIn.createChallenge({}, {});
await walletSessions.close();

console.log(
  JSON.stringify({ middleware: typeof requireWalletSession(walletSessions), nonce: typeof nonce }),
);
