import { writeMessage } from './message.js';
import type { Challenge, SignedMessage } from './signed-message.js';
import type { MessageWallet } from './wallet.js';

/** A wallet of the Wallet Standard with the feature `solana:signIn` or `solana:signMessage`. */
export interface StandardWallet {
  readonly accounts: readonly StandardAccount[];
  readonly features: Readonly<Record<string, unknown>>;
}

/** An account of a {@link StandardWallet}. */
export interface StandardAccount {
  readonly address: string;
  readonly chains: readonly string[];
}

/**
 * An object of Wallet Adapter (`useWallet()` of `@solana/wallet-adapter-react`, or an adapter itself), or the provider that a
 * wallet puts into the page (`window.phantom.solana`).
 */
export interface WalletAdapter {
  readonly publicKey: { toString(): string } | null;
  connect?(): Promise<unknown>;
  signIn?: ((input: SolanaSignInInput) => Promise<SignedBytes>) | undefined;
  signMessage?:
    ((message: Uint8Array) => Promise<Uint8Array | { readonly signature: Uint8Array }>) | undefined;
}

/** The fields that a wallet writes the message with (Sign In With Solana). */
export interface SolanaSignInInput {
  readonly domain: string;
  readonly statement?: string;
  readonly uri: string;
  readonly version: string;
  readonly chainId: string;
  readonly nonce: string;
  readonly issuedAt: string;
  readonly expirationTime: string;
}

/** The bytes that a wallet signed, which it may have put into an off-chain message, and its ed25519 signature. */
export interface SignedBytes {
  readonly signedMessage: Uint8Array;
  readonly signature: Uint8Array;
}

/** Options of {@link solanaWallet}. */
export interface SolanaOptions {
  /** The cluster to sign in on, as CAIP-2: `solana:mainnet`, `solana:devnet`, … Default `solana:mainnet`. */
  readonly chainId?: string | undefined;
}

/** The methods of a wallet of either kind. */
interface Methods {
  signIn?: ((input: SolanaSignInInput) => Promise<SignedBytes>) | undefined;
  /** Connects the wallet and signs the text that is written for its account. */
  signText: (write: (address: string) => string) => Promise<SignedMessage>;
}

/** What an off-chain message begins with. No text in UTF-8 does. */
const OFF_CHAIN = 0xff;

/** The names of clusters that wallets know, by the beginning of their CAIP-2 reference. */
const CLUSTERS: Readonly<Record<string, string>> = {
  '5eykt': 'mainnet',
  EtWTR: 'devnet',
  '4uhcV': 'testnet',
};

/**
 * Makes a Solana wallet for `client.signIn` and `client.reauthenticate`. The wallet writes and signs the message if it supports
 * `solana:signIn` (Sign In With Solana); otherwise it signs the same text as a message.
 */
export function solanaWallet(
  wallet: StandardWallet | WalletAdapter,
  { chainId = 'solana:mainnet' }: SolanaOptions = {},
): MessageWallet {
  return {
    chainId,
    async signChallenge(challenge) {
      const { signIn, signText } = 'features' in wallet ? ofStandard(wallet) : ofAdapter(wallet);
      if (signIn) return signed(await signIn(inputOf(challenge)));
      return signText((address) => writeMessage({ ...challenge, address }));
    },
  };
}

function ofStandard(wallet: StandardWallet): Methods {
  /** A feature has one method, which has the feature's name. It takes and returns any number of inputs and outputs. */
  const methodOf = (feature: string) => {
    const [, name = ''] = feature.split(':');
    const methods = wallet.features[feature] as
      Record<string, (input?: unknown) => Promise<unknown>> | undefined;
    return methods?.[name]?.bind(methods);
  };
  const signIn = methodOf('solana:signIn');
  return {
    signIn: signIn && (async (input) => ((await signIn(input)) as readonly [SignedBytes])[0]),
    async signText(write) {
      const isSolana = ({ chains }: StandardAccount) =>
        chains.some((chain) => chain.startsWith('solana:'));
      if (!wallet.accounts.some(isSolana)) await methodOf('standard:connect')?.();
      const account = wallet.accounts.find(isSolana);
      if (account === undefined) throw new Error('The wallet gave no Solana account.');
      const message = new TextEncoder().encode(write(account.address));
      const output = await methodOf('solana:signMessage')?.({ account, message });
      return signed((output as readonly SignedBytes[] | undefined)?.[0]);
    },
  };
}

function ofAdapter(wallet: WalletAdapter): Methods {
  return {
    signIn: wallet.signIn?.bind(wallet),
    async signText(write) {
      if (wallet.publicKey === null) await wallet.connect?.();
      if (wallet.publicKey === null) throw new Error('The wallet gave no Solana account.');
      const message = write(wallet.publicKey.toString());
      const signedMessage = new TextEncoder().encode(message);
      const answer = await wallet.signMessage?.(signedMessage);
      const signature = answer && 'signature' in answer ? answer.signature : answer;
      return signed(signature && { signedMessage, signature });
    },
  };
}

function inputOf(challenge: Challenge): SolanaSignInInput {
  const { domain, statement, uri, nonce, issuedAt, expiresAt } = challenge;
  const [, reference = ''] = challenge.chainId.split(':');
  return {
    domain,
    ...(statement && { statement }),
    uri,
    version: '1',
    chainId: CLUSTERS[reference.slice(0, 5)] ?? reference,
    nonce,
    issuedAt,
    expirationTime: expiresAt,
  };
}

/** As the service takes it: the text, or the bytes of an off-chain message in hexadecimal. */
function signed(bytes: SignedBytes | undefined): SignedMessage {
  if (bytes === undefined) throw new Error('The wallet cannot sign messages.');
  const { signedMessage, signature } = bytes;
  const message =
    signedMessage[0] === OFF_CHAIN
      ? hexadecimal(signedMessage)
      : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(signedMessage);
  return { message, signature: hexadecimal(signature) };
}

function hexadecimal(bytes: Uint8Array): string {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  return `0x${digits.join('')}`;
}
