import type { Challenge, SignedMessage } from './signed-message.js';

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

/**
 * A wallet that gets the fields of a message and signs a text of its own: `oneStep` of `wallet-sessions-client/one-step` and
 * `solanaWallet` of `wallet-sessions-client/solana` make one.
 */
export interface MessageWallet {
  /** The CAIP-2 id of the chain to ask a challenge for. Default: the first one that the service allows. */
  readonly chainId?: string | undefined;
  /** Has the wallet sign a message with the fields of the challenge, for the account that its owner selects. */
  signChallenge(challenge: Challenge): Promise<SignedMessage>;
}

/** Whatever can sign: a provider, a signer of ethers, an account or client of viem, or a wallet that writes its message. */
export type Wallet =
  Eip1193Provider | EthersSigner | ViemAccount | ViemWalletClient | MessageWallet;

/** What a sign-in needs of a wallet of any kind. */
export interface Signer extends MessageWallet {
  /** The CAIP-10 id of the account that will sign, if it is known before. */
  readonly account?: string | undefined;
}

/** @throws Error if the wallet has no account for this page; whatever the wallet rejects with */
export async function signerOf(wallet: Wallet): Promise<Signer> {
  if ('signChallenge' in wallet) return wallet;
  // A wallet client of viem is a provider, too; one that signs with a local account only as the former.
  if ('getAddresses' in wallet) {
    const account = wallet.account ?? (await wallet.getAddresses())[0];
    return textSigner(
      typeof account === 'object' ? account.address : account,
      await wallet.getChainId(),
      (message) => wallet.signMessage({ account, message } as never),
    );
  }
  // A smart account of viem has `getAddress`, too.
  if ('getAddress' in wallet && 'provider' in wallet) {
    const address = await wallet.getAddress();
    const network = await wallet.provider?.getNetwork();
    return textSigner(address, network?.chainId, (message) => wallet.signMessage(message));
  }
  return 'signMessage' in wallet
    ? textSigner(wallet.address, undefined, (message) => wallet.signMessage({ message }))
    : signerOfProvider(wallet);
}

export async function signerOfProvider(provider: Eip1193Provider): Promise<Signer> {
  const request = (method: string, params?: unknown) => provider.request({ method, params });
  const [address] = (await request('eth_requestAccounts')) as readonly string[];
  const chainId = String(await request('eth_chainId'));
  return textSigner(
    address,
    chainId,
    (message) => request('personal_sign', [hexadecimal(message), address]) as Promise<string>,
  );
}

/**
 * A wallet that signs the text of the service.
 * @param chainId some wallets give a number, a decimal text or a CAIP-2 id instead of hexadecimal digits (EIP-695)
 */
function textSigner(
  address: string | undefined,
  chainId: string | number | bigint | undefined,
  sign: (message: string) => Promise<string>,
): Signer {
  if (address === undefined) throw new Error('The wallet gave no account.');
  const reference = Number(String(chainId).replace('eip155:', ''));
  if (chainId !== undefined && !(reference > 0)) throw new Error(`Not a chain id: ${chainId}`);
  return {
    // On every chain (CAIP-69): whether the address is a contract on one is for the service to find out.
    account: `eip155:0:${address}`,
    chainId: reference ? `eip155:${reference}` : undefined,
    async signChallenge(challenge) {
      // There is one because an account was given.
      const message = challenge.message as string;
      return { message, signature: await sign(message) };
    },
  };
}

/** The bytes of a text in ASCII, as EIP-4361 has it. Wallets must guess whether a text that starts with 0x is hexadecimal. */
function hexadecimal(text: string): string {
  const digits = text.replace(/[^]/g, (character) =>
    character.charCodeAt(0).toString(16).padStart(2, '0'),
  );
  return `0x${digits}`;
}
