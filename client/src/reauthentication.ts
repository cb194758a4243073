import { isRepeatable, type Request } from './authenticated-request.js';
import { signChallenge } from './challenge.js';
import { ReauthenticateDocument } from './generated/documents.js';
import type { GrantKeeper } from './grant-keeper.js';
import type { DocumentOptions, ReauthenticateOptions } from './options.js';
import type { Post } from './post.js';
import type { Refresher } from './refresher.js';
import type { Session } from './session.js';
import type { TypedDocument } from './typed-document.js';
import type { Wallet } from './wallet.js';

/** Has a wallet sign again in the current session. */
export function createReauthentication(
  keeper: GrantKeeper,
  refresher: Refresher,
  post: Post,
  request: Request,
) {
  async function reauthenticate(
    wallet: Wallet,
    options: ReauthenticateOptions = {},
  ): Promise<Session> {
    const signed = await signChallenge(post, wallet, options);
    const answer = await request(ReauthenticateDocument, signed, options.signal);
    const { id, authenticatedAt } = answer.reauthenticate;
    // A running refresh must not be undone.
    const current = await refresher.settled();
    if (current?.session.id === id) {
      const renewed = { ...current, session: { ...current.session, authenticatedAt } };
      await keeper.take(renewed);
      // Anybody else who has these tokens is fresh, too, until they are replaced (OWASP ASVS 5.0, 7.2.4). If that fails now,
      // they are replaced when they are due.
      await refresher.refresh(renewed).catch(() => undefined);
      if (keeper.current?.session.id === id) return keeper.current.session;
    }
    return answer.reauthenticate;
  }

  /**
   * Sends a request. If it needs a fresh signature and a wallet is given, the wallet signs and the request is sent
   * once more.
   */
  async function requestFresh<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    { reauthenticate: wallet, signal }: DocumentOptions = {},
  ): Promise<Result> {
    try {
      return await request(document, variables, signal);
    } catch (error) {
      if (!wallet || !isRepeatable(error, 'REAUTHENTICATION_REQUIRED', document)) throw error;
      await reauthenticate(wallet, { signal });
      return request(document, variables, signal);
    }
  }

  return { reauthenticate, requestFresh };
}
