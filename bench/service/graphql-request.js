import { signIn } from './sign-in.js';
import { startService } from './start.js';
import { makeWallets } from './wallets.js';

/** The query that is compared. */
export const SESSION = '{ session { id } }';

/** This service, with a session whose token a request to it bears. */
export async function startAuthenticated(redisUrl, environment) {
  const service = await startService({ redisUrl, environment });
  const [wallet] = makeWallets(1);
  const { accessToken } = await signIn(service.url, wallet);
  return { ...service, headers: { authorization: `Bearer ${accessToken}` } };
}

/** A request as a client sends it. */
export function requestTo({ url, headers }, body = { query: SESSION }) {
  return {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
