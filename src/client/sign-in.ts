import type { Clock } from './clock.js';
import {
  CreateSignInChallengeDocument,
  LogoutDocument,
  SignInDocument,
} from './generated/documents.js';
import type { GrantKeeper } from './grant-keeper.js';
import type { SignInOptions } from './options.js';
import type { Post } from './post.js';
import { toGrant, type Session } from './session.js';
import { signerOf, type Wallet } from './wallet.js';

/** Asks for a challenge, has the wallet sign it, and exchanges the signature for a session. */
export function createSignIn(keeper: GrantKeeper, post: Post, clock: Clock) {
  return async (
    wallet: Wallet,
    { walletType, device, chainId, signal }: SignInOptions = {},
  ): Promise<Session> => {
    const signer = await signerOf(wallet);
    const asked = { address: signer.address, chainId: chainId ?? signer.chainId };
    const challenge = await post(CreateSignInChallengeDocument, asked, undefined, signal);
    // There is a message wherever an address was given.
    const message = challenge.createSignInChallenge.message ?? '';
    const signature = await signer.sign(message);
    const signed = { message, signature, walletType, device };
    const answer = await post(SignInDocument, signed, undefined, signal);
    const grant = toGrant(answer.signIn, clock.now());

    await keeper.ready;
    const previous = keeper.current;
    await keeper.take(grant);
    // Nobody holds its tokens any more. If it cannot be told now, it ends by itself in a while.
    if (previous) void post(LogoutDocument, {}, previous.accessToken).catch(() => {});
    return grant.session;
  };
}
