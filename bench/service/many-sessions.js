import { hasNoErrors, isOk, loadInOrder, postJson } from '../load/in-order.js';
import { openServices } from './open.js';
import { populate } from './population.js';

/** The headers of as many sessions of this project, made past the server, on its Redis. */
export async function bearersOf({ redis }, count) {
  const { sessions, close } = await openServices(redis.url);
  const grants = await populate(sessions, { count, kept: count });
  await close();
  return grants.map(({ accessToken }) => ({ authorization: `Bearer ${accessToken}` }));
}

/** The headers of as many sessions of a server that starts one by `POST /sign-in`, with a cookie. */
export async function cookiesOf({ server }, count) {
  const asked = Array.from({ length: count }, () => postJson('/sign-in', {}));
  const { answers } = await loadInOrder(server.url, asked, { accepts: isOk });
  return answers.map(({ headers }) => ({ cookie: headers['set-cookie'].split(';')[0] }));
}

/**
 * Sends each request once: what is asked for by chance may not have been asked for in a warm-up, and is to be in
 * memory.
 * @throws Error where one is answered without a session
 */
export async function askEach(requests) {
  const [{ url }] = requests;
  const path = new URL(url).pathname;
  await loadInOrder(
    url,
    requests.map(({ method = 'GET', headers, body }) => ({ path, method, headers, body })),
    { accepts: (answer) => hasNoErrors(answer) && answer.text.includes('"id":"') },
  );
}
