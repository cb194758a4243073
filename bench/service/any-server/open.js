import { createWalletSessions } from '../../../dist/core/wallet-sessions.js';
import { openRedisStore } from '../../../dist/stores/redis/open.js';
import { ORIGIN, SECRET_KEY } from '../start.js';

export const openWalletSessions = async () =>
  createWalletSessions({
    store: await openRedisStore({ url: process.env.REDIS_URL, nearCacheBound: 1000 }),
    keys: [SECRET_KEY],
    origins: [ORIGIN],
  });

/** Prints where a server is and the token of a session, as `listen` does. */
export async function announce(url, { sessions }, request = () => ({})) {
  const wallet = '0x9858EfFD232B4033E47d90003D41EC34EcaEda94';
  const { accessToken } = await sessions.create({ wallet, chainId: 'eip155:1' }, {});
  const headers = { authorization: `Bearer ${accessToken}` };
  console.log(JSON.stringify({ url, headers, ...request(accessToken) }));
}
