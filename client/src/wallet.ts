import type { Challenge, SignedMessage } from './signed-message.js';
import { WalletError } from './errors.js';

/** An EIP-1193 provider: `window.ethereum`, one that EIP-6963 announced, WalletConnect's, … */
export interface Eip1193Provider {
  request(request: { method: string; params?: unknown }): Promise<unknown>;
}

/** A signer of ethers. */
export interface EthersSigner {
  getAddress(): Promise<string>;
  signMessage(message: string): Promise<string>;
  readonly provider: { getNetwork(): Promise<{ readonly chainId: bigint | number }> } | null;
}

/** An account of viem that signs by itself: `privateKeyToAccount(…)`, `toSmartAccount(…)`. */
export interface ViemAccount {
  readonly address: string;
  signMessage(request: { message: string }): Promise<string>;
}

/** A wallet client of viem: `createWalletClient(…)`, wagmi's `useWalletClient()`. */
export interface ViemWalletClient {
  readonly account?: { readonly address: string } | undefined;
  getAddresses(): Promise<readonly string[]>;
  getChainId(): Promise<number>;
  signMessage(request: never): Promise<string>;
}

/** A wallet that connects and signs in one step: `oneStep` of `wallet-sessions-client/one-step` makes one. */
export interface OneStepWallet {
  /** Has the wallet sign a message with the fields of the challenge, for the account that its owner selects. */
  signChallenge(challenge: Challenge): Promise<SignedMessage>;
}

/** Whatever can sign: a provider, a signer of ethers, an account or client of viem, or a one-step wallet. */
export type Wallet =
  Eip1193Provider | EthersSigner | ViemAccount | ViemWalletClient | OneStepWallet;

/** What a sign-in needs of a wallet of any kind. */
export interface Signer {
  /** `undefined` before a one-step wallet is connected. */
  readonly address?: string | undefined;
  /** The EIP-155 id of the wallet's current chain; `undefined` if it has none. */
  readonly chainId?: number | undefined;
  readonly sign: (challenge: Challenge) => Promise<SignedMessage>;
}

/** A wallet that is connected first, and then signs a text. */
interface ConnectedWallet extends Pick<Signer, 'chainId'> {
  readonly address: string;
  /** `personal_sign` (EIP-191). */
  signText(message: string): Promise<string>;
}

/** @throws WalletError if there is no wallet, if it has no account for this page, or if its owner declines */
export async function signerOf(wallet: Wallet): Promise<Signer> {
  // `window.ethereum` can be missing, whatever its type says.
  if (!(wallet as Wallet | undefined)) throw new WalletError();
  if ('signChallenge' in wallet) {
    return { sign: (challenge) => orWalletError(() => wallet.signChallenge(challenge)) };
  }
  const connected = await orWalletError(() => describe(wallet));
  return {
    ...connected,
    sign: (challenge) =>
      orWalletError(async () => {
        // There is a message because an account was given.
        const message = challenge.message ?? '';
        return { message, signature: await connected.signText(message) };
      }),
  };
}

async function orWalletError<Value>(ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    throw new WalletError(error ?? null);
  }
}

async function describe(wallet: Exclude<Wallet, OneStepWallet>): Promise<ConnectedWallet> {
  // A wallet client of viem is a provider, too; one that signs with a local account only as the former.
  if ('getAddresses' in wallet) return ofViemClient(wallet);
  // A smart account of viem has `getAddress`, too.
  if ('getAddress' in wallet && 'provider' in wallet) return ofEthers(wallet);
  return 'signMessage' in wallet ? ofViemAccount(wallet) : ofProvider(wallet);
}

async function ofViemClient(client: ViemWalletClient): Promise<ConnectedWallet> {
  const account = client.account ?? (await client.getAddresses())[0];
  const address = typeof account === 'object' ? account.address : account;
  return {
    address: known(address),
    chainId: parseChainId(await client.getChainId()),
    signText: (message) => client.signMessage({ account, message } as never),
  };
}

async function ofEthers(signer: EthersSigner): Promise<ConnectedWallet> {
  const network = await signer.provider?.getNetwork();
  return {
    address: await signer.getAddress(),
    chainId: network && parseChainId(network.chainId),
    signText: (message) => signer.signMessage(message),
  };
}

function ofViemAccount(account: ViemAccount): ConnectedWallet {
  return {
    address: account.address,
    chainId: undefined,
    signText: (message) => account.signMessage({ message }),
  };
}

async function ofProvider(provider: Eip1193Provider): Promise<ConnectedWallet> {
  const address = await requestAccount(provider);
  const chainId = await provider.request({ method: 'eth_chainId' });
  return {
    address,
    chainId: parseChainId(chainId),
    signText: (message) => signText(provider, message, address),
  };
}

export async function requestAccount(provider: Eip1193Provider): Promise<string> {
  const accounts = await provider.request({ method: 'eth_requestAccounts' });
  return known((accounts as readonly string[])[0]);
}

/** `personal_sign` (EIP-191). */
export function signText(
  provider: Eip1193Provider,
  message: string,
  address: string,
): Promise<string> {
  const params = [hexadecimal(message), address];
  return provider.request({ method: 'personal_sign', params }) as Promise<string>;
}

/** Hexadecimal by EIP-695. Some wallets answer with a number, a decimal text or a CAIP-2 id. */
export function parseChainId(answer: unknown): number {
  const chainId = Number(String(answer).replace(/^eip155:/, ''));
  if (chainId > 0 && Number.isSafeInteger(chainId)) return chainId;
  throw new Error(`Not a chain id: ${String(answer)}`);
}

function known(address: string | undefined): string {
  if (address === undefined) throw new Error('The wallet gave no account.');
  return address;
}

/** The bytes of the text in UTF-8. Wallets must guess whether a text that starts with 0x is hexadecimal. */
function hexadecimal(text: string): string {
  // Not by a `TextEncoder`, which older versions of React Native lack.
  const digits = encodeURIComponent(text).replace(/%(..)|./g, (character, escaped?: string) =>
    (escaped ?? character.charCodeAt(0).toString(16)).toLowerCase(),
  );
  return `0x${digits}`;
}
