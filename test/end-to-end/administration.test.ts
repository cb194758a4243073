import {
  AllAuditEventsDocument,
  AuditEventRecordedDocument,
  IsAdministratorDocument,
  CurrentSessionDocument,
  RevokeSessionDocument,
  RevokeWalletSessionsDocument,
  StatisticsDocument,
  WalletAuditEventsDocument,
  WalletSessionsDocument,
  type AllAuditEventsQueryVariables,
} from '../generated/graphql.js';
import { apiClient, refusalOf, signIn, type TokenGrant } from '../harness/api.js';
import { createFakeClock } from '../harness/clock.js';
import { eventually } from '../harness/eventually.js';
import { startTestService, type TestService } from '../harness/service.js';
import { openSocket } from '../harness/socket.js';
import { EVERY_DEPLOYMENT } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

describe.each(EVERY_DEPLOYMENT)('administration over HTTP on the %s store', (store) => {
  const [admin, owner] = [aWallet(), aWallet()];
  let service: TestService;
  let administrator: TokenGrant;

  beforeAll(async () => {
    service = await startTestService(store, {
      ADMIN_WALLETS: `${admin.account.toLowerCase()}, ${aWallet().account}`,
    });
    administrator = await signIn(service.url, admin);
  });
  afterAll(() => service.stop());

  const as = ({ accessToken }: { accessToken: string }) => apiClient(service.url, accessToken);
  const isAlive = async (grant: TokenGrant) =>
    (await as(grant).request(CurrentSessionDocument)).session !== null;
  const settled = () =>
    Promise.all([service.services.auditLog.flush(), service.services.statistics.flush()]);

  it('lists the sessions of any wallet for an administrator', async () => {
    const grant = await signIn(service.url, owner);
    const { walletSessions } = await as(administrator).request(WalletSessionsDocument, {
      wallet: owner.account,
    });
    expect(walletSessions.edges.map(({ node }) => node)).toEqual([
      { id: grant.session.id, current: false },
    ]);
  });

  it('lets an administrator end one or all sessions of a wallet, and shows the owner that an administrator did', async () => {
    const [one, two, three] = [
      await signIn(service.url, owner),
      await signIn(service.url, owner),
      await signIn(service.url, owner),
    ];
    const wallet = owner.account;
    const sessionId = one.session.id;
    const client = as(administrator);
    expect(
      (await client.request(RevokeSessionDocument, { wallet, sessionId })).revokeSession,
    ).toEqual({ sessionId });
    expect([await isAlive(one), await isAlive(two)]).toEqual([false, true]);
    expect(await refusalOf(client, RevokeSessionDocument, { wallet, sessionId })).toBe(
      'SESSION_NOT_FOUND',
    );

    await client.request(RevokeWalletSessionsDocument, { wallet });
    expect([await isAlive(two), await isAlive(three)]).toEqual([false, false]);

    await settled();
    const { walletAuditEvents } = await client.request(WalletAuditEventsDocument, { wallet });
    expect(walletAuditEvents.edges.map(({ node }) => node)).toContainEqual(
      expect.objectContaining({ sessionId, reason: 'ADMIN', ipAddress: null }),
    );
  });

  it('refuses administration to all other wallets and audits the refusals', async () => {
    const stranger = await signIn(service.url);
    const client = as(stranger);
    const wallet = owner.account;
    expect(await refusalOf(client, StatisticsDocument, {})).toBe('FORBIDDEN');
    expect(await refusalOf(client, WalletSessionsDocument, { wallet })).toBe('FORBIDDEN');
    expect(await refusalOf(client, WalletAuditEventsDocument, { wallet })).toBe('FORBIDDEN');
    expect(await refusalOf(client, AllAuditEventsDocument, {})).toBe('FORBIDDEN');
    expect(await refusalOf(client, RevokeWalletSessionsDocument, { wallet })).toBe('FORBIDDEN');
    const named = { wallet, sessionId: administrator.session.id };
    expect(await refusalOf(client, RevokeSessionDocument, named)).toBe('FORBIDDEN');
    expect(await refusalOf(apiClient(service.url), StatisticsDocument, {})).toBe('UNAUTHENTICATED');

    await settled();
    const { allAuditEvents } = await as(administrator).request(AllAuditEventsDocument, {});
    expect(allAuditEvents.edges.map(({ node }) => node)).toContainEqual(
      expect.objectContaining({
        type: 'ADMINISTRATION_REFUSED',
        reason: 'FORBIDDEN',
        act: 'REVOKE_WALLET_SESSIONS',
        wallet,
        actor: stranger.session.wallet,
      }),
    );
  });

  it('audits each act of an administrator and lists the audit events of all wallets in pages', async () => {
    await as(administrator).request(WalletSessionsDocument, { wallet: owner.account });
    await settled();
    const client = as(administrator);
    const one = (await client.request(AllAuditEventsDocument, { first: 1 })).allAuditEvents;
    expect(one.edges[0]?.node).toMatchObject({
      type: 'ADMINISTRATION_PERFORMED',
      act: 'READ_SESSIONS',
      wallet: owner.account,
      actor: admin.account,
      ipAddress: '127.0.0.1',
    });
    expect(one.pageInfo.hasNextPage).toBe(true);
    const after = one.pageInfo.endCursor;
    const two = (await client.request(AllAuditEventsDocument, { first: 1, after })).allAuditEvents;
    expect(two.edges[0]?.node.id).not.toBe(one.edges[0]?.node.id);
    expect(await refusalOf(client, AllAuditEventsDocument, { after: 'no cursor' })).toBe(
      'BAD_USER_INPUT',
    );
  });

  it('lists the audit events of all wallets by type, wallet and IP address', async () => {
    const wallet = aWallet();
    await signIn(service.url, wallet);
    await settled();
    const client = as(administrator);
    const found = async (filter: AllAuditEventsQueryVariables) =>
      (await client.request(AllAuditEventsDocument, filter)).allAuditEvents.edges.map(
        ({ node }) => node.type,
      );
    expect(await found({ wallet: wallet.account })).toContain('SESSION_CREATED');
    expect(new Set(await found({ types: ['SIGN_IN_REFUSED', 'SESSION_CREATED'] }))).toEqual(
      new Set(['SESSION_CREATED']),
    );
    expect(await found({ ipAddress: '203.0.113.7' })).toEqual([]);
  });

  it('tells each wallet whether it is an administrator, and nobody without a session', async () => {
    const isAdministrator = async (accessToken?: string) =>
      (await apiClient(service.url, accessToken).request(IsAdministratorDocument)).isAdministrator;
    expect(await isAdministrator(administrator.accessToken)).toBe(true);
    expect(await isAdministrator((await signIn(service.url)).accessToken)).toBe(false);
    expect(await isAdministrator()).toBe(false);
  });

  it('notifies a socket of an administrator of audit events as they are recorded', async () => {
    const wallet = aWallet();
    const socket = openSocket(service.webSocketUrl, administrator.accessToken);
    const filter = { wallet: wallet.account, types: ['SESSION_CREATED' as const] };
    const events = socket.subscribe(AuditEventRecordedDocument, filter);
    const next = events.next();
    await eventually(() => {
      const audited = { act: 'READ_AUDIT_EVENTS', wallet: wallet.account };
      expect(service.log.map((line) => JSON.parse(line) as unknown)).toContainEqual(
        expect.objectContaining({ audit: expect.objectContaining(audited) as unknown }),
      );
      return Promise.resolve();
    });
    const { session } = await signIn(service.url, wallet);
    expect(await next).toMatchObject({
      value: { auditEventRecorded: { type: 'SESSION_CREATED', sessionId: session.id } },
    });
    await socket.close();
  });

  it('refuses a subscription to audit events to all other wallets', async () => {
    const { accessToken } = await signIn(service.url);
    const socket = openSocket(service.webSocketUrl, accessToken);
    await expect(socket.subscribe(AuditEventRecordedDocument, {}).next()).rejects.toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
    await socket.close();
  });

  it('counts sign-ins, challenges, revocations, wallets and active sessions in the statistics', async () => {
    const client = as(administrator);
    const read = async () => {
      await settled();
      return (await client.request(StatisticsDocument, {})).statistics;
    };
    const before = await read();
    const wallet = aWallet();
    const grant = await signIn(service.url, wallet);
    await signIn(service.url, wallet);
    const { session } = grant;
    await client.request(RevokeSessionDocument, { wallet: wallet.account, sessionId: session.id });

    const after = await read();
    expect(after.hours).toHaveLength(24);
    expect(after.total.signIns - before.total.signIns).toBe(2);
    expect(after.total.challenges - before.total.challenges).toBe(2);
    expect(after.activeSessions - before.activeSessions).toBe(1);
    expect(after.wallets).toBeGreaterThan(0);
    expect(after.total.revocations.map(({ reason }) => reason)).toContain('ADMIN');
    expect(await refusalOf(client, StatisticsDocument, { hours: 0 })).toBe('BAD_USER_INPUT');
  });
});

it('asks an administrator to reauthenticate five minutes after the sign-in', async () => {
  const admin = aWallet();
  const clock = createFakeClock();
  const service = await startTestService('embedded', { ADMIN_WALLETS: admin.account }, clock);
  const { accessToken } = await signIn(service.url, admin);
  clock.advance(5 * 60_000);
  expect(await refusalOf(apiClient(service.url, accessToken), StatisticsDocument, {})).toBe(
    'REAUTHENTICATION_REQUIRED',
  );
  await service.stop();
});

it('completes a subscription to audit events when the signature of the administrator is no longer fresh', async () => {
  const [admin, owner] = [aWallet(), aWallet()];
  const clock = createFakeClock();
  const service = await startTestService('embedded', { ADMIN_WALLETS: admin.account }, clock);
  const { accessToken } = await signIn(service.url, admin);
  const socket = openSocket(service.webSocketUrl, accessToken);
  await service.services.auditLog.flush();
  const types = ['SESSION_CREATED' as const];
  const events = socket.subscribe(AuditEventRecordedDocument, { types });
  const next = events.next();
  await eventually(() => {
    expect(service.log.join()).toContain('READ_AUDIT_EVENTS');
    return Promise.resolve();
  });
  await signIn(service.url, owner);
  await service.services.auditLog.flush();
  clock.advance(1000);
  expect(await next).toMatchObject({ value: { auditEventRecorded: { wallet: owner.account } } });
  const end = events.next();
  await eventually(async () => {
    clock.advance(60_000);
    expect(await Promise.race([end, Promise.resolve(undefined)])).toEqual({
      done: true,
      value: undefined,
    });
  });
  await socket.close();
  await service.stop();
});
