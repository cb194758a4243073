'use strict';
// An application in CommonJS, which has its own schema, and a part that imports ECMAScript modules.
require('reflect-metadata');
const { mkdtemp, rm } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Wallet } = require('ethers');
const { buildSchema } = require('graphql');
const { createWalletSessions, WalletSessionsError } = require('wallet-sessions');
const { openEmbeddedStore } = require('wallet-sessions/embedded');
const { requireWalletSession } = require('wallet-sessions/express');
const { addWalletSessions } = require('wallet-sessions/graphql');
const { openRedisStore } = require('wallet-sessions/redis');

async function main() {
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

  const schema = addWalletSessions(buildSchema('type Query { greeting: String }'));
  const imported = await import('wallet-sessions');
  console.log(
    JSON.stringify({
      signedIn: session?.wallet === `eip155:0:${wallet.address}`,
      refusal: refusal instanceof WalletSessionsError && refusal.code,
      middleware: typeof requireWalletSession(walletSessions),
      signInMutation: 'signIn' in schema.getMutationType().getFields(),
      redis: typeof openRedisStore,
      oneImplementation: imported.WalletSessionsError === WalletSessionsError,
    }),
  );
}

void main();
