import { aKey } from '../harness/domain.js';
import { walletUnderTest } from '../harness/wallet-under-test.js';

describe('pages of sessions', () => {
  const under = walletUnderTest();
  const { wallet, create } = under;

  it('lists sessions by the page and returns where the next page begins', async () => {
    for (let count = 0; count < 5; count += 1) {
      await create();
      under.domain.clock.advance(1);
    }
    const all = await under.domain.sessions.list(wallet);
    const first = await under.domain.sessions.listPage(wallet, { first: 3 });
    expect(first).toMatchObject({ total: 5, hasPrevious: false, hasMore: true });
    const second = await under.domain.sessions.listPage(wallet, { first: 3, after: first.end });
    expect(second).toMatchObject({ total: 5, hasPrevious: true, hasMore: false });
    expect([...first.sessions, ...second.sessions]).toEqual(all);
    const beyond = await under.domain.sessions.listPage(wallet, { first: 3, after: second.end });
    expect(beyond).toMatchObject({ sessions: [], hasMore: false, end: undefined });
  });

  it('continues a list after sessions whose key was removed, which are on no page', async () => {
    const old = await create();
    under.domain.clock.advance(1);
    const other = under.domain.withKeys([aKey('second')]);
    const kept = await create(wallet, other);
    under.domain.clock.advance(1);
    for (let count = 0; count < 2; count += 1) await create();
    const first = await other.sessions.listPage(wallet, { first: 2 });
    expect(first).toMatchObject({ sessions: [], hasMore: true });
    const second = await other.sessions.listPage(wallet, { first: 2, after: first.end });
    expect(second.sessions.map(({ id }) => id)).toEqual([kept.session.id]);
    expect(second).toMatchObject({ hasMore: false, end: old.session.id });
  });
});
