import express from 'express';
import { createWalletSessions } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';

/** An application whose sessions are in cookies, for pages of one origin. */
export const origin = 'https://app.example.com';
export const app = express();
app.use(express.json());
export const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory: 'store' }),
  keys: [{ id: 'only', secret: Buffer.alloc(32, 1) }],
  origins: [origin],
  cookies: true,
});
