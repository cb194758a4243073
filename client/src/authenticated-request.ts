import type { ServiceErrorCode } from './generated/error-codes.js';
import { hasCode } from './errors.js';
import type { GrantKeeper } from './grant-keeper.js';
import type { Post } from './post.js';
import type { Refresher } from './refresher.js';
import type { TypedDocument } from './typed-document.js';

/** Sends one operation with the client's session, or without one. */
export type Request = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
) => Promise<Result>;

/**
 * Sends requests with the access token. A request that fails with `UNAUTHENTICATED` is sent once more after a refresh:
 * another tab may have superseded the token, or this tab may have slept.
 */
export function createRequest(keeper: GrantKeeper, refresher: Refresher, post: Post): Request {
  return async (document, variables, signal) => {
    const grant = await refresher.settled();
    try {
      return await post(document, variables, grant?.accessToken, signal);
    } catch (error) {
      if (!grant || !isRepeatable(error, 'UNAUTHENTICATED', document)) throw error;
      await refresher.refresh(grant);
      // A request of one session is not repeated in another.
      if (keeper.current?.session.id !== grant.session.id) throw error;
      return post(document, variables, keeper.current.accessToken, signal);
    }
  };
}

/**
 * Whether to repeat a request that was refused with that code. A mutation that was performed in part must not be
 * repeated.
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
