import { aKey, openDomain, type TestDomain } from '../harness/domain.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the statistics report', () => {
  let domain: TestDomain;

  beforeEach(async () => {
    domain = await openDomain();
  });
  afterEach(() => domain.close());

  const create = (wallet = aWallet().account) =>
    domain.sessions.create({ wallet, chainId: 'eip155:1' }, {});
  const report = async (hours = 24) => {
    await domain.statistics.flush();
    return domain.statistics.report(hours);
  };
  const active = async () => (await report()).activeSessions;

  it('counts a session as active from sign-in, through refreshes, until it ends', async () => {
    const [one, two] = [await create(), await create()];
    expect(await active()).toBe(2);
    await domain.sessions.revoke({
      wallet: one.session.wallet,
      sessionId: one.session.id,
      reason: 'LOGOUT',
      source: {},
    });
    expect(await active()).toBe(1);
    domain.clock.advance(2 * HOUR - 1);
    await domain.sessions.refresh(two.refreshToken, {});
    domain.clock.advance(HOUR);
    expect(await active()).toBe(1);
  });

  it('counts a session that expires without any operation on it exactly once in the statistics', async () => {
    await create();
    const { session } = await create();
    domain.clock.advance(2 * HOUR + MINUTE);
    const { activeSessions, total } = await report();
    expect(activeSessions).toBe(0);
    expect(total.revocations).toEqual(new Map([['EXPIRED', 2]]));
    // This operation notices the expired session.
    await domain.sessions.revokeAll({ wallet: session.wallet, reason: 'LOGOUT_ALL', source: {} });
    expect((await report()).total.revocations).toEqual(new Map([['EXPIRED', 2]]));
  });

  it('counts sign-ins and refreshes by the hour', async () => {
    const wallet = aWallet().account;
    await create(wallet);
    domain.clock.advance(HOUR);
    const { refreshToken } = await create(wallet);
    await domain.sessions.refresh(refreshToken, {});
    domain.clock.advance(HOUR);
    const { hours, total, wallets } = await report(3);
    expect(hours.map(({ signIns }) => signIns)).toEqual([1, 1, 0]);
    expect(hours.map(({ refreshes }) => refreshes)).toEqual([0, 1, 0]);
    expect(total).toMatchObject({ signIns: 2, refreshes: 1 });
    expect(wallets).toBe(1);
  });

  it('counts revocations by their reason', async () => {
    const wallet = aWallet().account;
    for (let count = 0; count < 11; count += 1) await create(wallet);
    await domain.sessions.revokeAll({ wallet, reason: 'LOGOUT_ALL', source: {} });
    expect((await report()).total.revocations).toEqual(
      new Map([
        ['LIMIT_EXCEEDED', 1],
        ['LOGOUT_ALL', 10],
      ]),
    );
  });

  it('counts refused sign-ins by their reason', async () => {
    const signIn = () => domain.signIn.complete({ message: 'nonsense', signature: '0x' }, {});
    await expect(signIn()).rejects.toThrow();
    await expect(signIn()).rejects.toThrow();
    expect((await report()).total.refusals).toEqual(new Map([['MESSAGE_MALFORMED', 2]]));
  });

  it('does not count a session from the last second of an instance that was killed, nor its expiry', async () => {
    await create();
    expect(await active()).toBe(1);
    const killed = domain.withKeys([aKey('first')]);
    await killed.sessions.create({ wallet: aWallet().account, chainId: 'eip155:1' }, {});
    // The other instance is gone before it writes its counts.
    jest.spyOn(domain.store.statistics, 'add').mockResolvedValueOnce();
    domain.clock.advance(1000);
    expect(await active()).toBe(1);
    domain.clock.advance(2 * HOUR);
    await create();
    domain.clock.advance(MINUTE);
    expect(await active()).toBe(1);
  });
});
