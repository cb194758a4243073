import {
  AuditEventsDocument,
  LogoutDocument,
  RefreshDocument,
  SignInDocument,
} from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aMessage } from '../harness/sign-in-message.js';
import { EVERY_DEPLOYMENT } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

describe.each(EVERY_DEPLOYMENT)('the audit events of a wallet on the %s store', (store) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(store);
  });
  afterAll(() => service.stop());

  const as = (accessToken?: string) => apiClient(service.url, accessToken);
  const eventsOf = async (accessToken: string) => {
    await service.services.auditLog.flush();
    const { auditEvents } = await as(accessToken).request(AuditEventsDocument, {});
    return auditEvents.edges.map(({ node }) => node);
  };

  it('shows the owner of a wallet its audit events with the type, session, reason and source of each', async () => {
    const wallet = aWallet();
    const [here, there] = [await signIn(service.url, wallet), await signIn(service.url, wallet)];
    await as().request(RefreshDocument, { refreshToken: there.refreshToken });
    await as(here.accessToken).request(LogoutDocument, { sessionId: there.session.id });
    await signIn(service.url);

    const events = await eventsOf(here.accessToken);
    expect(events.map(({ type, sessionId, reason }) => [type, sessionId, reason])).toEqual([
      ['SESSION_REVOKED', there.session.id, 'LOGOUT'],
      ['SESSION_REFRESHED', there.session.id, null],
      ['SESSION_CREATED', there.session.id, null],
      ['SESSION_CREATED', here.session.id, null],
    ]);
    for (const event of events) {
      expect(event).toMatchObject({ wallet: wallet.account, ipAddress: '127.0.0.1' });
      expect(event.requestId).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it('shows the owner of a wallet a sign-in that somebody else attempted in its name', async () => {
    const wallet = aWallet();
    const { accessToken } = await signIn(service.url, wallet);
    await service.services.auditLog.flush();
    const { origin, host } = new URL(service.url);
    const message = aMessage(wallet, 'a1b2c3d4e5f6', Date.now(), { domain: host, uri: origin });
    const signature = await aWallet().sign(message);
    expect(await refusalOf(as(), SignInDocument, { message, signature })).toBe('SIGNATURE_INVALID');
    expect(await eventsOf(accessToken)).toContainEqual(
      expect.objectContaining({ type: 'SIGN_IN_REFUSED', reason: 'SIGNATURE_INVALID' }),
    );
  });

  it('lists the audit events of a wallet in pages', async () => {
    const wallet = aWallet();
    const grants = [];
    for (let count = 0; count < 3; count += 1) grants.push(await signIn(service.url, wallet));
    await service.services.auditLog.flush();
    const client = as(grants[0]?.accessToken);
    const one = (await client.request(AuditEventsDocument, { first: 2 })).auditEvents;
    expect(one.edges).toHaveLength(2);
    expect(one.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const after = one.pageInfo.endCursor;
    const two = (await client.request(AuditEventsDocument, { first: 2, after })).auditEvents;
    expect(two.edges.map(({ node }) => node.sessionId)).toEqual([grants[0]?.session.id]);
    expect(two.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('refuses audit events to a request without a session', async () => {
    expect(await refusalOf(as(), AuditEventsDocument, {})).toBe('UNAUTHENTICATED');
  });
});
