import { signChallenge } from './challenge.js';
import type { Clock } from './clock.js';
import { LogoutDocument, SignInDocument } from './generated/documents.js';
import type { GrantKeeper } from './grant-keeper.js';
import type { SignInOptions } from './options.js';
import type { Post } from './post.js';
import { toGrant, type Session } from './session.js';
import type { Wallet } from './wallet.js';

/** Exchanges the signature of a wallet for a session. */
export function createSignIn(keeper: GrantKeeper, post: Post, clock: Clock) {
  return async (
    wallet: Wallet,
    { chainId, signal, ...described }: SignInOptions = {},
  ): Promise<Session> => {
    const signed = await signChallenge(post, wallet, { chainId, signal });
    const answer = await post(SignInDocument, { ...signed, ...described }, undefined, signal);
    const grant = toGrant(answer.signIn, clock.now());

    await keeper.ready;
    const previous = keeper.current;
    await keeper.take(grant);
    // Nobody holds its tokens any more. If it cannot be told now, it ends by itself in a while.
    // By its name: where tokens are in cookies, those that go along are the new ones.
    const sessionId = previous?.session.id;
    if (sessionId) void post(LogoutDocument, { sessionId }, previous.accessToken).catch(() => {});
    return grant.session;
  };
}
