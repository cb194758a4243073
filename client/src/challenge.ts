import { CreateSignInChallengeDocument } from './generated/documents.js';
import type { ChallengeOptions, ReauthenticateOptions } from './options.js';
import type { Post } from './post.js';
import type { Challenge, SignedMessage } from './signed-message.js';
import { signerOf, type Wallet } from './wallet.js';

/** @throws RefusedError, NetworkError */
export async function createChallenge(
  post: Post,
  { account, chainId, signal }: ChallengeOptions = {},
): Promise<Challenge> {
  const asked = { account, chainId };
  return (await post(CreateSignInChallengeDocument, asked, undefined, signal))
    .createSignInChallenge;
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
  const { address, chainId: own, sign } = await signerOf(wallet);
  const asked = {
    // On every chain (CAIP-69): whether the address is a contract on one is for the service to find out.
    account: address === undefined ? undefined : `eip155:0:${address}`,
    chainId: chainId ?? (own === undefined ? undefined : `eip155:${own}`),
  };
  return sign(await createChallenge(post, { ...asked, signal }));
}
