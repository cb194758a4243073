import type { AuditEntry } from '../../src/audit/entry.js';
import type { AuditEvent } from '../../src/audit/events.js';
import { MAX_SEARCHED } from '../../src/audit/audit-log.js';
import { FOLLOW_INTERVAL } from '../../src/audit/follow.js';
import type { SessionId } from '../../src/sessions/session.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { eventually } from '../harness/eventually.js';
import { aWallet } from '../harness/wallet.js';

const SOURCE = { ipAddress: '203.0.113.7', userAgent: 'Agent/1.0' };
const ELSEWHERE = { ipAddress: '2001:db8::1' };

describe('a search of the audit log of all wallets', () => {
  let domain: TestDomain;
  const { account: wallet } = aWallet();

  beforeEach(async () => {
    domain = await openDomain();
  });
  afterEach(() => domain.close());

  const refused = (source = SOURCE, of = wallet): AuditEvent => ({
    type: 'sign-in.refused',
    at: domain.clock.now(),
    wallet: of,
    reason: 'SIGNATURE_INVALID',
    source,
  });
  const signIn = (of = wallet, source: object = SOURCE) =>
    domain.sessions.create({ wallet: of, chainId: 'eip155:1' }, source);
  const search = async (...args: Parameters<TestDomain['auditLog']['ofEverybody']>) => {
    await domain.auditLog.flush();
    return domain.auditLog.ofEverybody(...args);
  };

  it('finds audit events by type, by IP address, and by the wallet concerned or the administrator who acted', async () => {
    const { account: other } = aWallet();
    await signIn();
    await signIn(other, ELSEWHERE);
    domain.auditLog.audit(refused());
    domain.auditLog.audit({
      type: 'administration.performed',
      at: domain.clock.now(),
      actor: { wallet: other, id: 'A'.repeat(20) as SessionId },
      act: 'READ_STATISTICS',
      source: ELSEWHERE,
    });
    const found = async (filter: Parameters<typeof search>[2]) => {
      const { entries, hasMore } = await search(10, undefined, filter);
      expect(hasMore).toBe(false);
      return entries.map(({ entry }) => entry.type).sort();
    };
    expect(await found({ types: ['session.created'] })).toEqual([
      'session.created',
      'session.created',
    ]);
    expect(await found({ wallet })).toEqual(['session.created', 'sign-in.refused']);
    expect(await found({ wallet: other })).toEqual(['administration.performed', 'session.created']);
    expect(await found({ ipAddress: '203.0.113.7', types: ['sign-in.refused'] })).toEqual([
      'sign-in.refused',
    ]);
    expect(await found({ ipAddress: '203.0.113.8' })).toEqual([]);
  });

  it('goes on after the last event that a page of the search shows', async () => {
    for (let count = 0; count < 5; count += 1) {
      await signIn();
      domain.auditLog.audit(refused());
    }
    const filter = { types: ['session.created'] } as const;
    const one = await search(3, undefined, filter);
    const two = await search(3, one.endCursor, filter);
    expect([one.entries.length, one.hasMore]).toEqual([3, true]);
    expect([two.entries.length, two.hasMore]).toEqual([2, false]);
    const ids = [...one.entries, ...two.entries].map(({ entry }) => entry.id);
    expect(new Set(ids).size).toBe(5);
  });

  it('searches a bounded number of audit entries for each page', async () => {
    await signIn();
    await domain.auditLog.flush();
    for (let count = 0; count < MAX_SEARCHED; count += 1) domain.auditLog.audit(refused());
    const filter = { types: ['session.created'] } as const;
    const one = await search(1, undefined, filter);
    expect([one.entries.length, one.hasMore]).toEqual([0, true]);
    const two = await search(1, one.endCursor, filter);
    expect([two.entries.length, two.hasMore]).toEqual([1, false]);
  });

  describe('that follows the log', () => {
    /** Resolves to the type of the next event, and to `undefined` at the end. */
    const nextOf = async (events: AsyncIterator<AuditEntry, undefined>) => {
      const next = events.next();
      const { value } = await eventually(async () => {
        domain.clock.advance(FOLLOW_INTERVAL);
        const result = await Promise.race([next, Promise.resolve(undefined)]);
        if (result === undefined) throw new Error('No event has arrived.');
        return result;
      });
      return value?.type;
    };
    const mayAlwaysRead = () => Promise.resolve(true);

    it('yields the matching audit events that are added from then on, oldest first', async () => {
      await signIn();
      await domain.auditLog.flush();
      const { account: other } = aWallet();
      const events = await domain.auditLog.follow({ wallet }, mayAlwaysRead);
      domain.auditLog.audit(refused());
      domain.auditLog.audit(refused(SOURCE, other));
      await domain.auditLog.flush();
      expect(await nextOf(events)).toBe('sign-in.refused');
      await signIn();
      await domain.auditLog.flush();
      expect(await nextOf(events)).toBe('session.created');
      await events.return?.();
    });

    it('ends as soon as the reader of the audit log may no longer read', async () => {
      let isAllowed = true;
      const events = await domain.auditLog.follow({}, () => Promise.resolve(isAllowed));
      await signIn();
      await domain.auditLog.flush();
      expect(await nextOf(events)).toBe('session.created');
      isAllowed = false;
      await signIn();
      await domain.auditLog.flush();
      expect(await nextOf(events)).toBeUndefined();
    });

    it('ends at once when the consumer stops while it waits for audit events', async () => {
      const events = await domain.auditLog.follow({}, mayAlwaysRead);
      const next = events.next();
      await events.return?.();
      expect((await next).done).toBe(true);
    });
  });
});
