import { WalletError } from './errors.js';
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
 * Asks for a challenge and asks the wallet to sign it.
 * @throws WalletError, RefusedError, NetworkError
 */
export async function signChallenge(
  post: Post,
  wallet: Wallet,
  { chainId, signal }: ReauthenticateOptions,
): Promise<SignedMessage> {
  // `window.ethereum` can be missing, whatever its type says.
  if (!(wallet as Wallet | undefined)) throw new WalletError();
  const signer = await asked(signerOf(wallet));
  const { account } = signer;
  const challenge = await createChallenge(post, {
    account,
    chainId: chainId ?? signer.chainId,
    signal,
  });
  return asked(signer.signChallenge(challenge));
}

function asked<Answer>(answer: Promise<Answer>): Promise<Answer> {
  return answer.catch((error: unknown) => {
    throw new WalletError(error ?? null);
  });
}
