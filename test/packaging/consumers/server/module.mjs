// An application in ECMAScript modules.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { createWalletSessions, WalletSessionsError } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import { requireWalletSession } from 'wallet-sessions/express';
import { buildWalletSessionsSchema } from 'wallet-sessions/graphql';
import { openRedisStore } from 'wallet-sessions/redis';

const directory = await mkdtemp(join(tmpdir(), 'consumer-'));
const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory }),
  keys: [{ id: 'first', secret: Buffer.alloc(32, 1) }],
  origins: ['https://app.example.com'],
});

const wallet = Wallet.createRandom();
const { message } = await walletSessions.signIn.createChallenge(
  { account: `eip155:1:${wallet.address}` },
  {},
);
const signature = await wallet.signMessage(message);
const { accessToken } = await walletSessions.signIn.complete({ message, signature }, {});
const headers = { authorization: `Bearer ${accessToken}` };
const session = await walletSessions.validateRequest({ headers, socket: {} });
const refusal = await walletSessions.sessions.refresh('none', {}).catch((error) => error);

await walletSessions.close();
await rm(directory, { recursive: true });

console.log(
  JSON.stringify({
    signedIn: session?.wallet === `eip155:0:${wallet.address}`,
    refusal: refusal instanceof WalletSessionsError && refusal.code,
    middleware: typeof requireWalletSession(walletSessions),
    signInMutation: 'signIn' in buildWalletSessionsSchema().getMutationType().getFields(),
    redis: typeof openRedisStore,
  }),
);
