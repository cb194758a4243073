import type { ServiceErrorCode } from './generated/error-codes.js';
import { hasCode } from './errors.js';
import type { GrantKeeper } from './grant-keeper.js';
import type { Post } from './post.js';
import type { Refresher } from './refresher.js';
import type { TypedDocument } from './typed-document.js';

/** One operation as the client's session, or as nobody where there is none. */
export type Request = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
) => Promise<Result>;

/**
 * Sends requests with the access token. One that is answered UNAUTHENTICATED is sent once more after a
 * refresh: the token may have been superseded from another tab, or while this one slept.
 */
export function createRequest(keeper: GrantKeeper, refresher: Refresher, post: Post): Request {
  return async (document, variables, signal) => {
    const grant = await refresher.settled();
    try {
      return await post(document, variables, grant?.accessToken, signal);
    } catch (error) {
      if (!grant || !isRepeatable(error, 'UNAUTHENTICATED', document)) throw error;
      await refresher.refresh(grant);
      // What was asked as one session is not repeated as another.
      if (keeper.current?.session.id !== grant.session.id) throw error;
      return post(document, variables, keeper.current.accessToken, signal);
    }
  };
}

/**
 * Whether to send once more what was refused with that code. A mutation of several fields, of which some were
 * done, must not be done again.
 */
export function isRepeatable(
  error: unknown,
  code: ServiceErrorCode,
  document: { toString(): string },
): boolean {
  if (!hasCode(error, code)) return false;
  const isDone = Object.values(error.data ?? {}).some((field) => field !== null);
  return !(isDone && /\bmutation\b/.test(document.toString()));
}
