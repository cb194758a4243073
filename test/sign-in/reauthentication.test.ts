import type { SessionGrant } from '../../src/sessions/session.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { aMessage } from '../harness/sign-in-message.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

const MINUTE = 60_000;

describe('reauthentication', () => {
  let domain: TestDomain;
  const wallet = aWallet();

  beforeEach(async () => {
    domain = await openDomain();
  });
  afterEach(() => domain.close());

  async function signedBy(signer: TestWallet) {
    const { nonce } = await domain.signIn.createChallenge({}, {});
    const message = aMessage(signer, nonce, domain.clock.now());
    return { message, signature: await signer.sign(message) };
  }
  const signIn = async (): Promise<SessionGrant> =>
    domain.signIn.complete(await signedBy(wallet), {});
  const renew = async ({ session }: SessionGrant, signer = wallet) =>
    domain.signIn.reauthenticate(await signedBy(signer), session, {});

  it('treats a session as fresh for five minutes after the wallet has signed', async () => {
    const { session } = await signIn();
    domain.clock.advance(5 * MINUTE - 1);
    expect(domain.sessions.isFresh(session)).toBe(true);
    domain.clock.advance(1);
    expect(domain.sessions.isFresh(session)).toBe(false);
    expect(domain.sessions.isFresh(session, 10 * MINUTE)).toBe(true);
  });

  it('makes a session fresh by reauthentication without changing its tokens and expiries', async () => {
    const grant = await signIn();
    domain.clock.advance(10 * MINUTE);
    const renewed = await renew(grant);
    expect(renewed).toEqual({ ...grant.session, authenticatedAt: domain.clock.now() });
    expect(domain.sessions.isFresh(renewed)).toBe(true);
    expect(await domain.sessions.authenticate(grant.accessToken)).toEqual(renewed);
    expect(await domain.sessions.list(wallet.account)).toHaveLength(1);
    expect(domain.audited.at(-1)).toMatchObject({
      type: 'session.reauthenticated',
      sessionId: grant.session.id,
      wallet: wallet.account,
    });
  });

  it('does not make a session fresh by a refresh', async () => {
    const grant = await signIn();
    domain.clock.advance(10 * MINUTE);
    const { session } = await domain.sessions.refresh(grant.refreshToken, {});
    expect(domain.sessions.isFresh(session)).toBe(false);
  });

  it('keeps a session fresh through a refresh right after reauthentication, which replaces the old tokens', async () => {
    const grant = await signIn();
    domain.clock.advance(10 * MINUTE);
    await renew(grant);
    const { accessToken } = await domain.sessions.refresh(grant.refreshToken, {});
    expect(await domain.sessions.authenticate(grant.accessToken)).toBeUndefined();
    const session = await domain.sessions.authenticate(accessToken);
    expect(session && domain.sessions.isFresh(session)).toBe(true);
  });

  it('refuses reauthentication with the signature of another wallet and audits the refusal', async () => {
    const grant = await signIn();
    domain.clock.advance(10 * MINUTE);
    await expect(renew(grant, aWallet())).rejects.toMatchObject({ code: 'WALLET_MISMATCH' });
    const session = await domain.sessions.authenticate(grant.accessToken);
    expect(session?.authenticatedAt).toBe(grant.session.authenticatedAt);
    expect(domain.audited.at(-1)).toMatchObject({
      type: 'sign-in.refused',
      sessionId: grant.session.id,
      reason: 'WALLET_MISMATCH',
    });
  });

  it('accepts a signed message for reauthentication once', async () => {
    const grant = await signIn();
    const signed = await signedBy(wallet);
    await domain.signIn.reauthenticate(signed, grant.session, {});
    await expect(domain.signIn.reauthenticate(signed, grant.session, {})).rejects.toMatchObject({
      code: 'NONCE_INVALID',
    });
  });

  it('refuses the reauthentication of a session that has ended', async () => {
    const grant = await signIn();
    await domain.sessions.revoke({
      wallet: wallet.account,
      sessionId: grant.session.id,
      reason: 'LOGOUT',
      source: {},
    });
    await expect(renew(grant)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await domain.sessions.list(wallet.account)).toEqual([]);
  });
});
