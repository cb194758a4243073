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

/** Whatever can sign: a provider, a signer of ethers, or an account or client of viem. */
export type Wallet = Eip1193Provider | EthersSigner | ViemAccount | ViemWalletClient;

/** What a sign-in needs of a wallet, whatever its make. */
export interface Signer {
  readonly address: string;
  /** The EIP-155 id of the chain that the wallet is on; `undefined` where it is on none. */
  readonly chainId: number | undefined;
  /** `personal_sign` (EIP-191). */
  sign(message: string): Promise<string>;
}

/** @throws WalletError where there is no wallet, it has no account for this page, or its owner says no */
export async function signerOf(wallet: Wallet): Promise<Signer> {
  // There may be none for all that its type says: `window.ethereum`.
  if (!(wallet as Wallet | undefined)) throw new WalletError();
  const signer = await orWalletError(() => describe(wallet));
  return { ...signer, sign: (message) => orWalletError(() => signer.sign(message)) };
}

async function orWalletError<Value>(ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    throw new WalletError(error ?? null);
  }
}

async function describe(wallet: Wallet): Promise<Signer> {
  // A wallet client of viem is a provider, too; one that signs with a local account only as the former.
  if ('getAddresses' in wallet) return ofViemClient(wallet);
  // A smart account of viem has `getAddress`, too.
  if ('getAddress' in wallet && 'provider' in wallet) return ofEthers(wallet);
  return 'signMessage' in wallet ? ofViemAccount(wallet) : ofProvider(wallet);
}

async function ofViemClient(client: ViemWalletClient): Promise<Signer> {
  const account = client.account ?? (await client.getAddresses())[0];
  const address = typeof account === 'object' ? account.address : account;
  return {
    address: known(address),
    chainId: await client.getChainId(),
    sign: (message) => client.signMessage({ account, message } as never),
  };
}

async function ofEthers(signer: EthersSigner): Promise<Signer> {
  const network = await signer.provider?.getNetwork();
  return {
    address: await signer.getAddress(),
    chainId: network && Number(network.chainId),
    sign: (message) => signer.signMessage(message),
  };
}

function ofViemAccount(account: ViemAccount): Signer {
  return {
    address: account.address,
    chainId: undefined,
    sign: (message) => account.signMessage({ message }),
  };
}

async function ofProvider(provider: Eip1193Provider): Promise<Signer> {
  const accounts = await provider.request({ method: 'eth_requestAccounts' });
  const address = known((accounts as readonly string[])[0]);
  const chainId = await provider.request({ method: 'eth_chainId' });
  return {
    address,
    // Hexadecimal by the standard; some answer a number.
    chainId: Number(chainId),
    sign: (message) =>
      provider.request({
        method: 'personal_sign',
        params: [hexadecimal(message), address],
      }) as Promise<string>,
  };
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
