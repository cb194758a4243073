import { CreateSignInChallengeDocument } from './generated/documents.js';
import type { ReauthenticateOptions } from './options.js';
import type { Post } from './post.js';
import { signerOf, type Wallet } from './wallet.js';

/** An EIP-4361 message of the service, and the wallet's signature of it. */
interface SignedMessage {
  readonly message: string;
  readonly signature: string;
}

/**
 * Asks for a challenge and has the wallet sign it.
 * @throws WalletError, RefusedError, NetworkError
 */
export async function signChallenge(
  post: Post,
  wallet: Wallet,
  { chainId, signal }: ReauthenticateOptions,
): Promise<SignedMessage> {
  const signer = await signerOf(wallet);
  const isOn = signer.chainId === undefined ? undefined : `eip155:${signer.chainId}`;
  // On every chain (CAIP-69): whether the address is a contract on one is for the service to find out.
  const asked = { account: `eip155:0:${signer.address}`, chainId: chainId ?? isOn };
  const challenge = await post(CreateSignInChallengeDocument, asked, undefined, signal);
  // There is a message, because an account was given.
  const message = challenge.createSignInChallenge.message ?? '';
  return { message, signature: await signer.sign(message) };
}
