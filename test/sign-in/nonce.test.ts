import { openDomain, type TestDomain } from '../harness/domain.js';
import { aMessage } from '../harness/sign-in-message.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;

describe('the nonce of a challenge', () => {
  let domain: TestDomain;
  const wallet = aWallet();

  beforeEach(async () => {
    domain = await openDomain({
      signIn: { chainIds: ['eip155:1', 'eip155:10'] },
      sessions: { limit: 0 },
    });
  });
  afterEach(() => domain.close());

  async function answer(nonce: string, signer = wallet, chainId = 1) {
    const message = aMessage(signer, nonce, domain.clock.now(), { chainId });
    const signature = await signer.sign(message);
    return domain.signIn.complete({ message, signature }, {});
  }

  it('accepts a nonce once and refuses it afterwards', async () => {
    const { nonce } = await domain.signIn.createChallenge({}, {});
    await answer(nonce);
    await expect(answer(nonce)).rejects.toMatchObject({ code: 'NONCE_INVALID' });
  });

  it('accepts a nonce once when it is presented twenty times concurrently', async () => {
    const { nonce } = await domain.signIn.createChallenge({}, {});
    const attempts = Array.from({ length: 20 }, () => answer(nonce));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await domain.sessions.list(wallet.account)).toHaveLength(1);
  });

  it('accepts a nonce until it expires and refuses it from then on', async () => {
    const [early, late] = await Promise.all([
      domain.signIn.createChallenge({}, {}),
      domain.signIn.createChallenge({}, {}),
    ]);
    domain.clock.advance(5 * MINUTE - 1);
    await answer(early.nonce);
    domain.clock.advance(1);
    await expect(answer(late.nonce)).rejects.toMatchObject({ code: 'NONCE_INVALID' });
  });

  it('accepts a nonce that is bound to no address and chain for any wallet and allowed chain', async () => {
    const { nonce } = await domain.signIn.createChallenge({}, {});
    expect((await answer(nonce, aWallet(), 10)).session.chainId).toBe('eip155:10');
  });

  it('refuses a nonce that is bound to an address for another wallet', async () => {
    const { nonce } = await domain.signIn.createChallenge({ account: wallet.account }, {});
    await expect(answer(nonce, aWallet())).rejects.toMatchObject({ code: 'NONCE_INVALID' });
  });

  it('refuses a nonce that is bound to a chain on another chain', async () => {
    const { nonce } = await domain.signIn.createChallenge({ chainId: 'eip155:10' }, {});
    await expect(answer(nonce, wallet, 1)).rejects.toMatchObject({ code: 'NONCE_INVALID' });
  });

  it('refuses a challenge for a chain that is not allowed, and names the allowed ones', async () => {
    await expect(domain.signIn.createChallenge({ chainId: 'eip155:5' }, {})).rejects.toMatchObject({
      code: 'CHAIN_NOT_ALLOWED',
      message: expect.stringMatching(/Allowed are: eip155:1, eip155:10\.$/) as string,
    });
  });

  it('writes the requesting origin into the message if it is configured, and the first configured one otherwise', async () => {
    const origins = ['https://one.example', 'https://two.example'] as const;
    const other = await openDomain({ signIn: { origins } });
    const messageFor = async (origin?: string) =>
      (await other.signIn.createChallenge({ account: wallet.account, origin }, {})).message;
    expect(await messageFor('https://two.example')).toMatch(/^two\.example wants/);
    expect(await messageFor('https://evil.example')).toMatch(/^one\.example wants/);
    expect(await messageFor()).toMatch(/^one\.example wants/);
    await other.close();
  });

  it('audits a refused nonce with the reason and without the nonce', async () => {
    const { nonce } = await domain.signIn.createChallenge({}, {});
    await answer(nonce);
    await expect(answer(nonce)).rejects.toMatchObject({ code: 'NONCE_INVALID' });
    expect(domain.audited.at(-1)).toMatchObject({
      type: 'sign-in.refused',
      reason: 'NONCE_INVALID',
      wallet: wallet.account,
    });
    expect(JSON.stringify(domain.audited)).not.toContain(nonce);
  });
});
