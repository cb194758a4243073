import {
  CurrentSessionDocument,
  LogoutAllDocument,
  LogoutDocument,
  RefreshDocument,
  SessionsDocument,
} from '../generated/graphql.js';
import { apiClient, refusalOf, signIn, type TokenGrant } from '../harness/api.js';
import { createFakeClock } from '../harness/clock.js';
import { startTestService, type TestService } from '../harness/service.js';
import { EVERY_DEPLOYMENT } from '../harness/stores.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

const MINUTE = 60_000;
const SIGN_INS = 28;

/** The thief has the tokens of a session and never the key of the wallet: see "Recovery from theft" in `docs/security.md`. */
describe.each(EVERY_DEPLOYMENT)('a stolen session on the %s store', (store) => {
  const clock = createFakeClock();
  let service: TestService;
  let wallet: TestWallet;
  let stolen: TokenGrant;
  beforeAll(async () => {
    service = await startTestService(store, { SESSION_LIMIT: '0' }, clock);
  });
  beforeEach(async () => {
    wallet = aWallet();
    stolen = await signIn(service.url, wallet);
    clock.advance(6 * MINUTE);
  });
  afterAll(() => service.stop());

  const as = ({ accessToken }: TokenGrant) => apiClient(service.url, accessToken);
  const isAlive = async (grant: TokenGrant) =>
    (await as(grant).request(CurrentSessionDocument)).session !== null;

  it(`lets a stolen session end none of ${SIGN_INS} later sign-ins of the owner with logoutAll`, async () => {
    const owned = [];
    const answers = new Set<string>();
    for (let count = 0; count < SIGN_INS; count += 1) {
      owned.push(await signIn(service.url, wallet));
      answers.add(await refusalOf(as(stolen), LogoutAllDocument, { keepCurrent: true }));
    }
    expect([...answers]).toEqual(['REAUTHENTICATION_REQUIRED']);
    expect(await Promise.all(owned.map(isAlive))).toEqual(owned.map(() => true));
  });

  it('lets a stolen session end no later sign-in by its id or together with itself', async () => {
    const owner = await signIn(service.url, wallet);
    const sessionId = owner.session.id;
    expect(await refusalOf(as(stolen), LogoutDocument, { sessionId })).toBe(
      'REAUTHENTICATION_REQUIRED',
    );
    expect(await refusalOf(as(stolen), LogoutAllDocument, { keepCurrent: false })).toBe(
      'REAUTHENTICATION_REQUIRED',
    );
    expect([await isAlive(owner), await isAlive(stolen)]).toEqual([true, true]);
  });

  it('lets a refreshed stolen session end no later sign-in, because a refresh is not a signature', async () => {
    const owner = await signIn(service.url, wallet);
    const { refreshToken } = stolen;
    const { refresh } = await as(stolen).request(RefreshDocument, { refreshToken });
    const thief = apiClient(service.url, refresh.accessToken);
    expect(await refusalOf(thief, LogoutAllDocument, { keepCurrent: true })).toBe(
      'REAUTHENTICATION_REQUIRED',
    );
    expect(await isAlive(owner)).toBe(true);
  });

  it('leaves a thief no session once the owner has signed in with logoutOthers', async () => {
    const other = await signIn(service.url, wallet);
    const owner = await signIn(service.url, wallet, { logoutOthers: true });
    expect([await isAlive(stolen), await isAlive(other)]).toEqual([false, false]);
    const { refreshToken } = stolen;
    expect(await refusalOf(as(stolen), RefreshDocument, { refreshToken })).toBe(
      'REFRESH_TOKEN_INVALID',
    );
    expect(await refusalOf(as(stolen), LogoutAllDocument, { keepCurrent: false })).toBe(
      'UNAUTHENTICATED',
    );
    const { sessions } = await as(owner).request(SessionsDocument, {});
    expect(sessions.edges.map(({ node }) => node.id)).toEqual([owner.session.id]);
  });

  it('leaves a thief with a fresh session no session once the owner has signed in with logoutOthers during an attack', async () => {
    stolen = await signIn(service.url, wallet);
    const attack = async () => {
      for (let count = 0; count < 20; count += 1) {
        // It may end the others while it is fresh; then it is refused.
        await as(stolen)
          .rawRequest('mutation { logoutAll(keepCurrent: true) { count } }')
          .catch(() => undefined);
      }
    };
    const [owner] = await Promise.all([
      signIn(service.url, wallet, { logoutOthers: true }),
      attack(),
      attack(),
    ]);
    expect([await isAlive(owner), await isAlive(stolen)]).toEqual([true, false]);
    const { sessions } = await as(owner).request(SessionsDocument, {});
    expect(sessions.totalCount).toBe(1);
  });
});
