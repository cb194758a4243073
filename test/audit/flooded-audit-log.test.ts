import {
  AllAuditEventsDocument,
  AuditEventsDocument,
  LogoutDocument,
  RefreshDocument,
  StatisticsDocument,
} from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { inBatches } from '../harness/batches.js';
import { startTestService, type TestService } from '../harness/service.js';
import { EVERY_STORE } from '../harness/stores.js';
import { anAccount, aWallet } from '../harness/wallet.js';

const FLOOD = 2000;

describe.each(EVERY_STORE)('a flooded audit log on the %s store', (store) => {
  const admin = aWallet();
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(store, {
      ADMIN_WALLETS: admin.account,
      AUDIT_LOG_SIZE: '50',
    });
  });
  afterAll(() => service.stop());

  const as = (accessToken?: string) => apiClient(service.url, accessToken);

  async function everybodysEvents() {
    await service.services.auditLog.flush();
    const { accessToken } = await signIn(service.url, admin);
    const events = [];
    let after: string | null | undefined;
    for (;;) {
      const { allAuditEvents } = await as(accessToken).request(AllAuditEventsDocument, {
        first: 7,
        after,
      });
      events.push(...allAuditEvents.edges.map(({ node }) => node));
      if (!allAuditEvents.pageInfo.hasNextPage) return events;
      after = allAuditEvents.pageInfo.endCursor;
    }
  }

  it('shows the owner how each session began, after 300 refreshes of one of them', async () => {
    const wallet = aWallet();
    const [one, other] = [await signIn(service.url, wallet), await signIn(service.url, wallet)];
    let { refreshToken } = one;
    for (let count = 0; count < 300; count += 1) {
      const { refresh } = await as().request(RefreshDocument, { refreshToken });
      refreshToken = refresh.refreshToken ?? '';
    }
    await service.services.auditLog.flush();
    const { auditEvents } = await as(other.accessToken).request(AuditEventsDocument, {});
    expect(auditEvents.edges.map(({ node }) => [node.type, node.sessionId])).toEqual([
      ['SESSION_REFRESHED', one.session.id],
      ['SESSION_CREATED', other.session.id],
      ['SESSION_CREATED', one.session.id],
    ]);
    expect(auditEvents.pageInfo.hasNextPage).toBe(false);
  });

  it('shows administrators what wallets did, after thousands of audit events that need no wallet', async () => {
    const wallet = aWallet();
    const { accessToken, session } = await signIn(service.url, wallet);
    await as(accessToken).request(LogoutDocument, {});
    const stranger = await signIn(service.url);
    expect(await refusalOf(as(stranger.accessToken), StatisticsDocument, {})).toBe('FORBIDDEN');
    const { signIn: anonymous } = service.services;
    await inBatches(Array.from({ length: FLOOD }), async () => {
      await anonymous.createChallenge({ account: anAccount() }, {});
      await expect(
        anonymous.complete({ message: 'nonsense', signature: '0x' }, {}),
      ).rejects.toMatchObject({ code: 'MESSAGE_MALFORMED' });
    });

    const events = await everybodysEvents();
    const typesOf = (sessionId: string) =>
      events.filter((event) => event.sessionId === sessionId).map(({ type }) => type);
    expect(typesOf(session.id)).toEqual(['SESSION_REVOKED', 'SESSION_CREATED']);
    const types = events.map(({ type }) => type);
    expect(types).toContain('ADMINISTRATION_REFUSED');
    expect(types).toContain('SIGN_IN_REFUSED');
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    // Redis removes entries by the node of a stream, which has up to a hundred.
    expect(events.length).toBeLessThan(500);
    expect(events.map(({ at }) => Date.parse(at))).toEqual(
      events.map(({ at }) => Date.parse(at)).sort((a, b) => b - a),
    );
  });

  it('shows administrators what wallets did, after a wallet has refreshed its sessions hundreds of times', async () => {
    const { session } = await signIn(service.url);
    let { refreshToken } = await signIn(service.url);
    for (let count = 0; count < 300; count += 1) {
      ({ refreshToken } = await service.services.sessions.refresh(refreshToken, {}));
    }
    const events = await everybodysEvents();
    expect(events.filter(({ sessionId }) => sessionId === session.id)).toHaveLength(1);
    expect(events.map(({ type }) => type)).toContain('SESSION_REFRESHED');
  });
});
