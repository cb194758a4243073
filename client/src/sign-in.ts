import { signChallenge } from './challenge.js';
import type { Clock } from './clock.js';
import { LogoutDocument, SignInDocument } from './generated/documents.js';
import type { GrantKeeper } from './grant-keeper.js';
import type { SignedChallenge, SignInOptions } from './options.js';
import type { Post } from './post.js';
import { toGrant, type Session } from './session.js';
import type { Wallet } from './wallet.js';

/** Exchanges the signature of a wallet for a session, in one step or in two. */
export function createSignIn(keeper: GrantKeeper, post: Post, clock: Clock) {
  async function completeSignIn({ signal, ...signed }: SignedChallenge): Promise<Session> {
    const answer = await post(SignInDocument, signed, undefined, signal);
    const grant = toGrant(answer.signIn, clock.now());

    await keeper.ready;
    const previous = keeper.current;
    await keeper.take(grant);
    // Nobody holds its tokens any more. If it cannot be told now, it ends by itself in a while.
    // By its name: where tokens are in cookies, those that go along are the new ones.
    const sessionId = previous?.session.id;
    if (sessionId) void post(LogoutDocument, { sessionId }, previous.accessToken).catch(() => {});
    return grant.session;
  }

  return {
    completeSignIn,
    signIn: async (wallet: Wallet, { chainId, ...described }: SignInOptions = {}) =>
      completeSignIn({
        ...(await signChallenge(post, wallet, { chainId, signal: described.signal })),
        ...described,
      }),
  };
}
