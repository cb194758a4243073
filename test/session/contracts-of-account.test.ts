import type { Session } from '../../src/sessions/session.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { SOURCE } from '../harness/wallet-under-test.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

const MINUTE = 60_000;

describe('an account with contracts at its address on two chains', () => {
  let domain: TestDomain;
  let wallet: TestWallet;
  beforeAll(async () => {
    domain = await openDomain({
      contractChainIds: ['eip155:1', 'eip155:10'],
      sessions: { limit: 0 },
    });
  });
  beforeEach(() => {
    wallet = aWallet();
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => domain.close());

  const create = async (chain = 0, logoutOthers = false): Promise<Session> => {
    domain.clock.advance(1);
    const proven = {
      wallet: `eip155:${chain}:${wallet.address}`,
      chainId: 'eip155:1',
      logoutOthers,
    } as const;
    return (await domain.sessions.create(proven, SOURCE)).session;
  };
  const idsOf = (sessions: readonly Session[]) => sessions.map(({ id }) => id);
  const living = async (by: Session) =>
    idsOf((await domain.sessions.listGovernedPage(by, { first: 100 })).sessions);
  const logout = (by: Session, { id }: Session) => domain.sessions.logout(by, id, SOURCE);
  const logoutAll = (by: Session, keepCurrent = true) =>
    domain.sessions.logoutAll(by, { keepCurrent }, SOURCE);

  it('lists the sessions of an account and its contracts once each, newest first, on pages of any size', async () => {
    const all: Session[] = [];
    for (const chainId of [undefined, 1, 1, 10, undefined, 10, 1]) {
      all.unshift(await create(chainId));
    }
    const own = all.at(-1) as Session;
    for (let first = 1; first <= all.length + 1; first += 1) {
      const seen: string[] = [];
      let after: Session['id'] | undefined;
      for (let hasMore = true; hasMore;) {
        const page = await domain.sessions.listGovernedPage(own, { first, after });
        expect(page.sessions.length).toBeLessThanOrEqual(first);
        expect(page).toMatchObject({ total: all.length, hasPrevious: seen.length > 0 });
        seen.push(...idsOf(page.sessions));
        hasMore = page.hasMore;
        after = page.end;
      }
      expect(seen).toEqual(idsOf(all));
    }
  });

  it('shows a contract neither the sessions of the account at its address nor those on another chain', async () => {
    const [own, one, ten] = [await create(), await create(1), await create(10)];
    expect(await living(own)).toEqual(idsOf([ten, one, own]));
    expect(await living(one)).toEqual([one.id]);
    await expect(logout(one, ten)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    await expect(logout(one, own)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('lets an account end a single session of a contract, and ends no other', async () => {
    const [one, other, ten] = [await create(1), await create(1), await create(10)];
    const own = await create();
    expect(await logout(own, one)).toMatchObject({ sessionId: one.id, reason: 'LOGOUT' });
    expect(await living(own)).toEqual(idsOf([own, ten, other]));
    await expect(logout(own, one)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('lets an account end a session that a contract signed for later only while its own is fresh', async () => {
    const own = await create();
    domain.clock.advance(6 * MINUTE);
    const one = await create(1);
    const REFUSED = { code: 'REAUTHENTICATION_REQUIRED' };
    await expect(logout(own, one)).rejects.toMatchObject(REFUSED);
    await expect(logoutAll(own)).rejects.toMatchObject(REFUSED);
    expect(await living(own)).toEqual(idsOf([one, own]));
    await logout(await domain.sessions.reauthenticate(own, SOURCE), one);
    expect(await living(own)).toEqual([own.id]);
  });

  it('lets an account end no session of a contract once its own session has ended', async () => {
    const one = await create(1);
    const [own, other] = [await create(), await create()];
    await logout(own, own);
    await expect(logout(own, one)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(logoutAll(own)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await living(other)).toEqual(idsOf([other, one]));
  });

  it('spares a session that a contract signs for while logoutAll of the account runs, unless the account is fresh', async () => {
    for (const isFresh of [false, true]) {
      const old = await create(1);
      const own = await create();
      if (!isFresh) domain.clock.advance(6 * MINUTE);
      const { sessions: store } = domain.store;
      const revoke = store.revoke.bind(store);
      let late: Session | undefined;
      jest.spyOn(store, 'revoke').mockImplementationOnce(async (...args) => {
        const outcome = await revoke(...args);
        // The sessions of contracts have been checked, and have not ended yet.
        late = await create(10);
        return outcome;
      });
      const ended = (await logoutAll(own)).map(({ sessionId }) => sessionId);
      expect(ended.sort()).toEqual(idsOf([old, ...(isFresh && late ? [late] : [])]).sort());
      expect(await living(own)).toEqual(idsOf([...(!isFresh && late ? [late] : []), own]));
      await logout(own, own);
      if (!isFresh && late) await logout(late, late);
    }
  });

  it('ends the sessions of all contracts of an account that signs in with logoutOthers', async () => {
    await create();
    await create(1);
    await create(10);
    const own = await create(undefined, true);
    expect(await living(own)).toEqual([own.id]);
  });

  it('lists the events of an account and its contracts once each', async () => {
    const [own, one] = [await create(), await create(1)];
    domain.clock.advance(1);
    await logout(own, one);
    await domain.auditLog.flush();
    const { entries } = await domain.auditLog.ofWallets(domain.sessions.governedBy(own));
    expect(entries.map(({ type, sessionId }) => [type, sessionId])).toEqual([
      ['session.revoked', one.id],
      ['session.created', one.id],
      ['session.created', own.id],
    ]);
  });
});
