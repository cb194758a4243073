import { LogoutDocument, SessionRevokedDocument } from '../generated/graphql.js';
import { apiClient } from '../harness/api.js';
import { inBatches } from '../harness/batches.js';
import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { startTestService, TEST_KEY, type TestService } from '../harness/service.js';
import { openSocket, type SocketClosed } from '../harness/socket.js';
import { ownPrefix, redisUrl } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

/** `npm run load` opens ten thousand. */
const SOCKETS = Number(process.env['LOAD_SOCKETS'] ?? 300);
const SESSIONS_PER_WALLET = 5;
/** Each socket may take this long, in milliseconds. */
const PATIENCE_PER_SOCKET = 50;

interface WatchedSession {
  readonly id: string;
  readonly accessToken: string;
  /** The ids of the ended sessions that its socket was notified of, in order of arrival. */
  readonly heard: string[];
  readonly closed: Promise<SocketClosed>;
}

describe(`two instances, one of which holds ${SOCKETS} sockets`, () => {
  const shared = {
    REDIS_URL: redisUrl(),
    REDIS_KEY_PREFIX: ownPrefix(),
    SESSION_KEYS: TEST_KEY,
    WEBSOCKET_INIT_TIMEOUT: '1m',
  };
  let here: TestService;
  let there: ServiceProcess;
  beforeAll(async () => {
    [here, there] = await Promise.all([
      startTestService('Redis', { ...shared, LOG_LEVEL: 'silent' }),
      startServiceProcess(shared),
    ]);
  });
  afterAll(() => Promise.all([here.stop(), there.stop()]));

  /** Sessions of one wallet, each with a subscribed socket on the other instance. */
  async function aWatchedWallet(): Promise<WatchedSession[]> {
    const wallet = aWallet().account;
    const sessions: WatchedSession[] = [];
    for (let count = 0; count < SESSIONS_PER_WALLET; count += 1) {
      const grant = await here.services.sessions.create({ wallet, chainId: 'eip155:1' }, {});
      const socket = openSocket(there.webSocketUrl, grant.accessToken);
      await socket.opened;
      const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
      const heard: string[] = [];
      const listening = (async () => {
        for await (const { sessionRevoked } of events) heard.push(sessionRevoked.sessionId);
      })();
      // The socket closes when its session ends, and the iterator throws.
      const closed = listening.catch(() => undefined).then(() => socket.closed);
      sessions.push({ id: grant.session.id, accessToken: grant.accessToken, heard, closed });
    }
    return sessions;
  }

  it(
    'delivers every revocation of a wallet to each of its sockets once and in order, and closes a socket when its own session ends',
    async () => {
      const wallets = await inBatches(
        Array.from({ length: Math.ceil(SOCKETS / SESSIONS_PER_WALLET) }),
        aWatchedWallet,
      );
      await inBatches(wallets, async (sessions) => {
        for (const { accessToken } of sessions) {
          await apiClient(here.url, accessToken).request(LogoutDocument, {});
        }
      });

      const counts = {
        sockets: 0,
        events: 0,
        lost: 0,
        doubled: 0,
        outOfOrder: 0,
        closedOtherwise: 0,
      };
      for (const sessions of wallets) {
        const ends = sessions.map(({ id }) => id);
        for (const [position, { heard, closed }] of sessions.entries()) {
          const { code } = await closed;
          const due = ends.slice(0, position + 1);
          counts.sockets += 1;
          counts.events += heard.length;
          counts.lost += due.filter((id) => !heard.includes(id)).length;
          counts.doubled += heard.length - new Set(heard).size;
          counts.outOfOrder += [...new Set(heard)].some((id, index) => id !== due[index]) ? 1 : 0;
          counts.closedOtherwise += code === 4403 ? 0 : 1;
        }
      }
      if (process.env['REPORT'] !== undefined) console.log(counts);
      const expected = wallets.length * SESSIONS_PER_WALLET;
      expect(counts).toEqual({
        sockets: expected,
        events: (expected * (SESSIONS_PER_WALLET + 1)) / 2,
        lost: 0,
        doubled: 0,
        outOfOrder: 0,
        closedOtherwise: 0,
      });
    },
    60_000 + SOCKETS * PATIENCE_PER_SOCKET,
  );
});
