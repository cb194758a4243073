import { createSignInMessageText } from '@solana/wallet-standard-util';
import {
  solanaWallet,
  type SolanaSignInInput,
  type StandardWallet,
  type WalletAdapter,
} from '../../client/src/solana.js';
import { writeMessage } from '../../client/src/message.js';
import { closeClients, openClient } from '../harness/client.js';
import { startTestService, type TestService } from '../harness/service.js';
import {
  aSolanaWallet,
  offChainMessage,
  SOLANA,
  type TestSolanaWallet,
} from '../harness/solana-wallet.js';

const DEVNET = 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1';

describe('sign-in with the client and a Solana wallet', () => {
  let service: TestService;
  beforeAll(async () => {
    const chains = 'eip155:1,solana:mainnet,solana:devnet';
    service = await startTestService('embedded', { SIGN_IN_CHAIN_IDS: chains });
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it('signs in with solana:signIn of the Wallet Standard, whose message the wallet writes', async () => {
    const key = aSolanaWallet();
    const session = await openClient(service).signIn(solanaWallet(aStandardWallet(key)), {
      walletType: 'Phantom',
    });
    expect(session).toMatchObject({
      wallet: key.account,
      chainId: SOLANA,
      walletType: 'Phantom',
    });
  });

  it('signs in with solana:signMessage, after connecting, if the wallet has no solana:signIn', async () => {
    const key = aSolanaWallet();
    const wallet = aStandardWallet(key, { signIn: false });
    expect(wallet.accounts).toEqual([]);
    const session = await openClient(service).signIn(solanaWallet(wallet));
    expect(session.wallet).toBe(key.account);
  });

  it.each(['mainnet', 'devnet'])('signs in on the given cluster: solana:%s', async (cluster) => {
    const key = aSolanaWallet();
    const chainId = `solana:${cluster}`;
    const wallet = solanaWallet(aStandardWallet(key), { chainId });
    const session = await openClient(service).signIn(wallet);
    const expected = cluster === 'devnet' ? DEVNET : SOLANA;
    expect(session).toMatchObject({ wallet: `${expected}:${key.address}`, chainId: expected });
  });

  it.each([0, 1])(
    'signs in with an off-chain message of version %i, as a Ledger signs it',
    async (version) => {
      for (const signIn of [true, false]) {
        const key = aSolanaWallet();
        const seal = (text: string) =>
          Buffer.from(offChainMessage(version, [key.publicKey], text).slice(2), 'hex');
        const wallet = solanaWallet(aStandardWallet(key, { signIn, seal }));
        expect((await openClient(service).signIn(wallet)).wallet).toBe(key.account);
      }
    },
  );

  it('signs in with signIn of a Wallet Adapter', async () => {
    const key = aSolanaWallet();
    const wallet: WalletAdapter = { publicKey: null, signIn: signInOf(key) };
    expect((await openClient(service).signIn(solanaWallet(wallet))).wallet).toBe(key.account);
  });

  it.each([
    ['a Wallet Adapter', (signature: Uint8Array) => signature],
    ['the provider of a wallet', (signature: Uint8Array) => ({ signature })],
  ])('signs in with signMessage of %s, after connecting', async (_what, answer) => {
    const key = aSolanaWallet();
    const wallet = {
      publicKey: null as { toString(): string } | null,
      connect() {
        this.publicKey = { toString: () => key.address };
        return Promise.resolve();
      },
      signMessage: (message: Uint8Array) => Promise.resolve(answer(key.signBytes(message))),
    };
    expect((await openClient(service).signIn(solanaWallet(wallet))).wallet).toBe(key.account);
  });

  it('reauthenticates with a Solana wallet', async () => {
    const wallet = solanaWallet(aStandardWallet(aSolanaWallet()));
    const client = openClient(service);
    const session = await client.signIn(wallet);
    const renewed = await client.reauthenticate(wallet);
    expect(renewed.id).toBe(session.id);
    expect(renewed.authenticatedAt >= session.authenticatedAt).toBe(true);
  });

  it('is refused as SIGNATURE_INVALID if the wallet signs a text that it does not return', async () => {
    const key = aSolanaWallet();
    const publicKey = { toString: () => key.address };
    // A Ledger behind a Wallet Adapter: the envelope that it signed is not known here.
    const signMessage = (message: Uint8Array) => {
      const sealed = offChainMessage(0, [key.publicKey], Buffer.from(message).toString());
      return Promise.resolve(key.signBytes(Buffer.from(sealed.slice(2), 'hex')));
    };
    const refusal = openClient(service).signIn(solanaWallet({ publicKey, signMessage }));
    await expect(refusal).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  it.each<[string, string, WalletAdapter | StandardWallet]>([
    ['declines', 'WALLET_REJECTED', { publicKey: null, signIn: declines }],
    ['cannot sign messages', 'WALLET_FAILED', { publicKey: { toString: () => 'An address' } }],
    ['has no account', 'WALLET_FAILED', { publicKey: null }],
    ['has no account of Solana', 'WALLET_FAILED', { accounts: [], features: {} }],
  ])('rejects sign-in of a wallet that %s with %s', async (_what, code, wallet) => {
    const refusal = openClient(service).signIn(solanaWallet(wallet));
    await expect(refusal).rejects.toMatchObject({ code });
  });

  it('writes the text that the Wallet Standard and the service write, with and without a statement', async () => {
    const { address, account } = aSolanaWallet();
    const challenge = await openClient(service).createChallenge({ account });
    expect(writeMessage({ ...challenge, address })).toBe(challenge.message);
    for (const statement of [undefined, 'Sign in.']) {
      const fields = { ...challenge, statement, address };
      const { domain, uri, chainId, nonce, issuedAt, expiresAt } = challenge;
      const input = { domain, address, uri, chainId, nonce, issuedAt, version: '1' };
      expect(writeMessage(fields)).toBe(
        createSignInMessageText({
          ...input,
          expirationTime: expiresAt,
          ...(statement && { statement }),
        }),
      );
    }
  });
});

type Seal = (text: string) => Uint8Array;

/** The method of a wallet that signs what the Wallet Standard's own code writes. */
function signInOf(key: TestSolanaWallet, seal: Seal = (text) => Buffer.from(text)) {
  return (input: SolanaSignInInput) => {
    const signedMessage = seal(createSignInMessageText({ ...input, address: key.address }));
    return Promise.resolve({ signedMessage, signature: key.signBytes(signedMessage) });
  };
}

function aStandardWallet(
  key: TestSolanaWallet,
  {
    signIn = true,
    seal = (text: string): Uint8Array => Buffer.from(text),
  }: { signIn?: boolean; seal?: Seal } = {},
): StandardWallet {
  const accounts = [{ address: '0x', chains: ['sui:mainnet'] }];
  const write = signInOf(key, seal);
  const wallet = {
    accounts: [] as StandardWallet['accounts'],
    features: {
      'standard:connect': {
        connect() {
          wallet.accounts = [...accounts, { address: key.address, chains: ['solana:mainnet'] }];
          return Promise.resolve({ accounts: wallet.accounts });
        },
      },
      'solana:signMessage': {
        signMessage({ message }: { message: Uint8Array }) {
          const signedMessage = seal(Buffer.from(message).toString());
          return Promise.resolve([{ signedMessage, signature: key.signBytes(signedMessage) }]);
        },
      },
      ...(signIn && {
        'solana:signIn': {
          signIn: async (input: SolanaSignInInput) => [await write(input)],
        },
      }),
    },
  };
  return wallet;
}

function declines(): Promise<never> {
  return Promise.reject(Object.assign(new Error('User rejected the request.'), { code: 4001 }));
}
