import { getAddress, Wallet } from 'ethers';
import type { Eip1193Provider } from '../../client/src/index.js';
import { writeMessage } from '../../client/src/message.js';
import { oneStep } from '../../client/src/one-step.js';
import { closeClients, openClient } from '../harness/client.js';
import { aProvider } from '../harness/eip1193-provider.js';
import { startTestService, type TestService } from '../harness/service.js';

describe('a sign-in with the client in two halves', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', { SIGN_IN_CHAIN_IDS: 'eip155:1,eip155:10' });
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it('gets the complete message for an account, and exchanges it for a session', async () => {
    const wallet = Wallet.createRandom();
    const client = openClient(service);
    const { message } = await client.createChallenge({
      account: `eip155:0:${wallet.address}`,
      chainId: 'eip155:10',
    });
    const signature = await wallet.signMessage(message ?? '');
    const session = await client.completeSignIn({
      message: message ?? '',
      signature,
      device: 'Laptop',
    });
    expect(session).toMatchObject({
      wallet: `eip155:0:${wallet.address}`,
      chainId: 'eip155:10',
      device: 'Laptop',
    });
    expect(client.state).toEqual({ status: 'signed-in', session });
  });

  it('gets all fields of the message without an account, of which the client writes the same text', async () => {
    const { address } = Wallet.createRandom();
    const client = openClient(service);
    const known = await client.createChallenge({ account: `eip155:0:${address}` });
    expect(writeMessage({ ...known, address })).toBe(known.message);
    const unknown = await client.createChallenge();
    expect(unknown).toMatchObject({ message: null, chainId: 'eip155:1', uri: known.uri });
    expect(new URL(unknown.uri).host).toBe(unknown.domain);
  });

  it('signs in with a message that the client wrote', async () => {
    const wallet = Wallet.createRandom();
    const client = openClient(service);
    const challenge = await client.createChallenge();
    const message = writeMessage({ ...challenge, address: wallet.address, chainId: 10 });
    const session = await client.completeSignIn({
      message,
      signature: await wallet.signMessage(message),
    });
    expect(session).toMatchObject({ wallet: `eip155:0:${wallet.address}`, chainId: 'eip155:10' });
  });

  it('leaves out what a message has not', () => {
    const times = { issuedAt: '2026-01-01T00:00:00Z', notBefore: '2026-01-02T00:00:00Z' };
    const fields = { domain: 'a.example', address: '0x', uri: 'https://a.example', chainId: 1 };
    expect(writeMessage({ ...fields, nonce: 'abcdefgh', ...times }).split('\n')).toEqual([
      'a.example wants you to sign in with your Ethereum account:',
      '0x',
      '',
      '',
      'URI: https://a.example',
      'Version: 1',
      'Chain ID: 1',
      'Nonce: abcdefgh',
      'Issued At: 2026-01-01T00:00:00Z',
      'Not Before: 2026-01-02T00:00:00Z',
    ]);
  });

  it('refuses a signature of another account, and leaves the client signed out', async () => {
    const client = openClient(service);
    const { address } = Wallet.createRandom();
    const { message } = await client.createChallenge({ account: `eip155:0:${address}` });
    const signature = await Wallet.createRandom().signMessage(message ?? '');
    await expect(
      client.completeSignIn({ message: message ?? '', signature }),
    ).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    expect(client.state).toEqual({ status: 'signed-out' });
  });

  it('logs out the session that the client had before', async () => {
    const wallet = Wallet.createRandom();
    const client = openClient(service);
    const first = await client.signIn(wallet);
    await client.signIn(wallet);
    expect(await client.heard('revocation')).toMatchObject({ sessionId: first.id });
  });
});

describe('a wallet that connects and signs in in one step', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', { SIGN_IN_CHAIN_IDS: 'eip155:1,eip155:10' });
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  interface Asked {
    readonly capabilities: { readonly signInWithEthereum: Record<string, string> };
  }

  it('is asked once, with all fields of the message (ERC-7846)', async () => {
    const wallet = Wallet.createRandom();
    const methods: string[] = [];
    const provider: Eip1193Provider = {
      async request({ method, params }) {
        methods.push(method);
        const [{ capabilities }] = params as [Asked];
        const { chainId, expirationTime, ...fields } = capabilities.signInWithEthereum;
        const message = writeMessage({
          ...(fields as Record<'domain' | 'uri' | 'nonce' | 'issuedAt' | 'statement', string>),
          address: wallet.address,
          chainId: Number(chainId),
          expiresAt: expirationTime,
        });
        const signature = await wallet.signMessage(message);
        const signed = { signInWithEthereum: { message, signature } };
        return { accounts: [{ address: wallet.address, capabilities: signed }] };
      },
    };
    const client = openClient(service);
    const session = await client.signIn(oneStep(provider), { chainId: 'eip155:10' });
    expect(session).toMatchObject({ wallet: `eip155:0:${wallet.address}`, chainId: 'eip155:10' });
    expect(methods).toEqual(['wallet_connect']);
  });

  it.each([
    ['does not know wallet_connect', undefined],
    ['connects without signing', { accounts: 'connected' }],
  ])('is asked to connect and to sign if it %s', async (_how, answer) => {
    const provider = aProvider({ chainId: 10 });
    const account = { address: provider.address };
    const wallet: Eip1193Provider = {
      async request({ method, params }) {
        if (method === 'wallet_connect' && answer) return { accounts: [account] };
        // With the checksum.
        const result = await provider.request({ method, params });
        return method === 'eth_requestAccounts'
          ? [getAddress((result as string[])[0] ?? '')]
          : result;
      },
    };
    const session = await openClient(service).signIn(oneStep(wallet));
    expect(session).toMatchObject({ wallet: provider.account, chainId: 'eip155:10' });
  });

  it('is not asked again if its owner declines', async () => {
    const methods: string[] = [];
    const provider: Eip1193Provider = {
      request({ method }) {
        methods.push(method);
        return Promise.reject(Object.assign(new Error('No.'), { code: 4001 }));
      },
    };
    const refusal = openClient(service).signIn(oneStep(provider));
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_REJECTED' });
    expect(methods).toEqual(['wallet_connect']);
  });
});
