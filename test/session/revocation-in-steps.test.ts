import { WalletSessionsError } from '../../src/errors.js';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import type { AuditEvent } from '../../src/audit/events.js';
import type { Revocation } from '../../src/sessions/session.js';
import { REVOKED_AT_ONCE } from '../../src/sessions/store.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { embedWalletSessions } from '../harness/application.js';
import { inBatches } from '../harness/batches.js';
import { aWallet } from '../harness/wallet.js';

const UNAVAILABLE = new WalletSessionsError('SERVICE_UNAVAILABLE');
const TWO_STEPS = REVOKED_AT_ONCE + 1;

/** The sessions of a wallet that has more of them than one step ends. */
describe('revocation of all sessions in steps', () => {
  let walletSessions: WalletSessions;
  let audited: AuditEvent[];
  let confirmed: Revocation[];
  let failing: { revocation?: number; confirmation?: number };

  beforeEach(async () => {
    [audited, confirmed, failing] = [[], [], {}];
    walletSessions = await embedWalletSessions(
      'embedded',
      { audit: (event) => void audited.push(event), sessions: { limit: 0 } },
      around,
    );
  });
  afterEach(() => walletSessions.close());

  /** The same store with one failing revocation or confirmation. */
  function around(store: OpenStore): OpenStore {
    const { sessions } = store;
    let [revocations, confirmations] = [0, 0];
    return {
      ...store,
      sessions: {
        ...sessions,
        async revoke(...args) {
          revocations += 1;
          if (revocations === failing.revocation) throw UNAVAILABLE;
          return sessions.revoke(...args);
        },
        async confirm(partition, ended) {
          confirmations += 1;
          confirmed.push(...ended);
          if (confirmations === failing.confirmation) throw UNAVAILABLE;
          return sessions.confirm(partition, ended);
        },
      },
    };
  }

  async function aCrowd() {
    const { account: wallet } = aWallet();
    await inBatches(Array.from({ length: TWO_STEPS }), () =>
      walletSessions.sessions.create({ wallet, chainId: 'eip155:1' }, {}),
    );
    const endAll = () =>
      walletSessions.sessions.revokeAll({ wallet: { wallet }, reason: 'LOGOUT_ALL', source: {} });
    return { wallet, endAll };
  }

  const ends = () => audited.filter(({ type }) => type === 'session.revoked');

  it('audits and confirms each step of a revocation even if the next one fails', async () => {
    const { wallet, endAll } = await aCrowd();
    failing.revocation = 2;
    await expect(endAll()).rejects.toBe(UNAVAILABLE);
    expect(ends()).toHaveLength(REVOKED_AT_ONCE);
    expect(confirmed).toHaveLength(REVOKED_AT_ONCE);
    expect(await walletSessions.sessions.list({ wallet })).toHaveLength(1);

    expect(await endAll()).toHaveLength(1);
    expect(ends()).toHaveLength(TWO_STEPS);
  });

  it('completes the steps of a revocation when one cannot be confirmed, and rejects', async () => {
    const { wallet, endAll } = await aCrowd();
    failing.confirmation = 1;
    await expect(endAll()).rejects.toBe(UNAVAILABLE);
    expect(ends()).toHaveLength(TWO_STEPS);
    expect(confirmed).toHaveLength(TWO_STEPS);
    expect(await walletSessions.sessions.list({ wallet })).toEqual([]);
  });
});
