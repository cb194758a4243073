import {
  CurrentSessionDocument,
  LogoutDocument,
  RefreshDocument,
  SessionRevokedDocument,
  SessionsDocument,
} from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { openSocket } from '../harness/socket.js';
import { ownPrefix, redisUrl } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const SESSION_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;

describe('two instances on one Redis', () => {
  let one: ServiceProcess;
  let other: ServiceProcess;

  beforeAll(async () => {
    const environment = {
      SESSION_KEYS,
      REDIS_URL: redisUrl(),
      REDIS_KEY_PREFIX: ownPrefix(),
      SIGN_IN_ORIGINS: 'http://localhost:4000',
    };
    [one, other] = await Promise.all([
      startServiceProcess(environment),
      startServiceProcess(environment),
    ]);
  });
  afterAll(() => Promise.all([one.stop(), other.stop()]));

  const at = ({ url }: ServiceProcess, accessToken?: string | null) => apiClient(url, accessToken);

  it('lists the sessions of both instances on one Redis at either of them', async () => {
    const wallet = aWallet();
    const first = await signIn(one.url, wallet);
    const second = await signIn(other.url, wallet);
    const seen = await at(other, first.accessToken).request(SessionsDocument, {});
    expect(seen.sessions.edges.map(({ node }) => node.id)).toEqual([
      second.session.id,
      first.session.id,
    ]);
  });

  it('refuses a session at once at one instance when another has ended it', async () => {
    const { accessToken, refreshToken } = await signIn(one.url);
    expect((await at(other, accessToken).request(CurrentSessionDocument)).session).not.toBeNull();
    await at(one, accessToken).request(LogoutDocument, {});
    expect((await at(other, accessToken).request(CurrentSessionDocument)).session).toBeNull();
    expect(await refusalOf(at(other), RefreshDocument, { refreshToken })).toBe(
      'REFRESH_TOKEN_INVALID',
    );
  });

  it('notifies the sockets at one instance of a revocation at another, and closes the socket of the ended session', async () => {
    const wallet = aWallet();
    const [here, there] = [await signIn(one.url, wallet), await signIn(other.url, wallet)];
    const own = openSocket(other.webSocketUrl, there.accessToken);
    const watching = openSocket(other.webSocketUrl, here.accessToken);
    const heard = [own, watching].map((socket) =>
      socket.subscribe(SessionRevokedDocument, { after: '0-0' }),
    );
    // The end of a third session shows that both subscriptions are active.
    const third = await signIn(one.url, wallet);
    await at(one, third.accessToken).request(LogoutDocument, {});
    for (const events of heard) {
      expect((await events.next()).value).toMatchObject({
        sessionRevoked: { sessionId: third.session.id },
      });
    }

    await at(one, here.accessToken).request(LogoutDocument, { sessionId: there.session.id });
    for (const events of heard) {
      expect((await events.next()).value).toMatchObject({
        sessionRevoked: { sessionId: there.session.id, reason: 'LOGOUT' },
      });
    }
    expect(await own.closed).toEqual({ code: 4403, reason: 'Session ended: LOGOUT' });
    expect((await watching.request(CurrentSessionDocument, {})).session?.id).toBe(here.session.id);
    await watching.close();
  });

  it('returns the same tokens when one token is refreshed twenty times at two instances concurrently', async () => {
    const { session, refreshToken } = await signIn(one.url);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        at(index % 2 === 0 ? one : other).request(RefreshDocument, { refreshToken }),
      ),
    );
    const pairs = answers.map(({ refresh }) => `${refresh.accessToken} ${refresh.refreshToken}`);
    expect(new Set(pairs).size).toBe(1);
    const accessToken = answers[0]?.refresh.accessToken;
    expect((await at(other, accessToken).request(CurrentSessionDocument)).session?.id).toBe(
      session.id,
    );
  });

  it('keeps the session limit when a wallet signs in fifty times at two instances concurrently', async () => {
    const wallet = aWallet();
    const grants = await Promise.all(
      Array.from({ length: 50 }, (_, index) => signIn((index % 2 === 0 ? one : other).url, wallet)),
    );
    const alive = await Promise.all(
      grants.map(async ({ accessToken }) => {
        const { session } = await at(one, accessToken).request(CurrentSessionDocument);
        return session !== null;
      }),
    );
    expect(alive.filter(Boolean)).toHaveLength(10);
  });
});
