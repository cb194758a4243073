import { KeyProofRefused } from '../../src/key-binding/refusal.js';
import { DEFAULT_KEY_BINDING_POLICY, type KeyBindingPolicy } from '../../src/key-binding/policy.js';
import type { PresentedProof } from '../../src/key-binding/proof.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { aProof, aProofKey } from '../harness/proof.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { aWallet } from '../harness/wallet.js';

describe('a sign-in with a key', () => {
  const key = aProofKey();
  let domain: TestDomain;
  afterEach(() => domain.close());

  const open = async (mode: KeyBindingPolicy['mode']) => {
    const keyBinding = { ...DEFAULT_KEY_BINDING_POLICY, publicUrls: [ORIGIN], mode };
    domain = await openDomain({ keyBinding });
  };

  const aPresentedProof = (by = key): PresentedProof => ({
    text: aProof(by, `${ORIGIN}/sign-in`, domain.clock.now()),
    method: 'POST',
    path: '/sign-in',
  });

  async function aSignedMessage() {
    const wallet = aWallet();
    const challenge = await domain.signIn.createChallenge({ account: wallet.account }, {});
    const message = challenge.message ?? '';
    return { message, signature: await wallet.sign(message) };
  }

  it('binds a session to the key of its sign-in, and keeps the binding after a refresh and a reauthentication', async () => {
    await open('optional');
    const signed = await aSignedMessage();
    const { session, refreshToken } = await domain.signIn.complete(
      { ...signed, proof: aPresentedProof() },
      {},
    );
    expect(session.keyThumbprint).toMatch(/^[\w-]{43}$/);
    const { keyThumbprint } = session;
    const refreshed = await domain.sessions.refresh(refreshToken, {}, aPresentedProof());
    expect(refreshed.session.keyThumbprint).toBe(keyThumbprint);
    const renewed = await domain.sessions.reauthenticate(refreshed.session, {});
    expect(renewed.keyThumbprint).toBe(keyThumbprint);
    const [listed] = await domain.sessions.list(session);
    expect(listed?.keyThumbprint).toBe(keyThumbprint);
  });

  it('keeps a binding to a device that another request makes while the session reauthenticates', async () => {
    await open('optional');
    const { session } = await domain.signIn.complete(await aSignedMessage(), {});
    const thumbprint = 'A'.repeat(43);
    expect(await domain.sessions.bindToDevice(session, thumbprint, {})).toBe(true);
    // Was read before the binding.
    const renewed = await domain.sessions.reauthenticate(session, {});
    expect(renewed.keyThumbprint).toBe(thumbprint);
    expect(renewed.deviceBoundAt).toBeDefined();
    const [listed] = await domain.sessions.list(session);
    expect(listed?.keyThumbprint).toBe(thumbprint);
  });

  it('refuses a sign-in with an invalid proof, and does not use up its challenge', async () => {
    await open('optional');
    const signed = await aSignedMessage();
    const proof = { ...aPresentedProof(), method: 'GET' };
    await expect(domain.signIn.complete({ ...signed, proof }, {})).rejects.toMatchObject({
      code: 'KEY_PROOF_INVALID',
      refusal: 'METHOD',
    });
    expect(domain.audited).toContainEqual(
      expect.objectContaining({ type: 'sign-in.refused', reason: 'KEY_PROOF_INVALID' }),
    );
    const { session } = await domain.signIn.complete({ ...signed, proof: aPresentedProof() }, {});
    expect(session.keyThumbprint).toBeDefined();
  });

  it('refuses a sign-in without a proof if key binding is required', async () => {
    await open('required');
    const signed = await aSignedMessage();
    await expect(domain.signIn.complete(signed, {})).rejects.toBeInstanceOf(KeyProofRefused);
    await expect(domain.signIn.complete(signed, {})).rejects.toMatchObject({
      code: 'KEY_PROOF_REQUIRED',
    });
    const { session } = await domain.signIn.complete({ ...signed, proof: aPresentedProof() }, {});
    expect(session.keyThumbprint).toBeDefined();
  });

  it('starts an unbound session in spite of a proof if key binding is off', async () => {
    await open('off');
    const signed = await aSignedMessage();
    const grant = await domain.signIn.complete({ ...signed, proof: aPresentedProof() }, {});
    expect(grant.session.keyThumbprint).toBeUndefined();
    expect(await domain.sessions.authenticate(grant.accessToken)).toBeDefined();
  });

  it('audits refused proofs of a session once a minute for each reason', async () => {
    await open('optional');
    const signed = await aSignedMessage();
    const { accessToken } = await domain.signIn.complete(
      { ...signed, proof: aPresentedProof() },
      {},
    );
    const attempt = () =>
      Promise.resolve(domain.sessions.validate(accessToken, {})).catch(() => undefined);
    const count = () =>
      domain.audited.filter(({ type }) => type === 'session.proof-refused').length;
    for (let times = 0; times < 5; times += 1) await attempt();
    expect(count()).toBe(1);
    domain.clock.advance(60_000);
    await attempt();
    expect(count()).toBe(2);
    expect(domain.sessions.validations().unproven).toBe(6);
  });
});
