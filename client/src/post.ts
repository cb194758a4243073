import { authorizationOf } from './authorization.js';
import { NetworkError, RefusedError, type AnsweredError } from './errors.js';
import type { TypedDocument } from './typed-document.js';

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body: string;
    credentials: 'include' | 'same-origin';
    signal: AbortSignal;
  },
) => Promise<{ readonly status: number; json(): Promise<unknown> }>;

export interface PostOptions {
  readonly url: string;
  readonly fetch: Fetch;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: 'include' | 'same-origin';
  /** How long to wait for an answer, in milliseconds. */
  readonly timeout: number;
}

/** One operation over HTTP, as the session of `accessToken` or as nobody. */
export type Post = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  accessToken?: string | null,
  signal?: AbortSignal,
) => Promise<Result>;

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly AnsweredError[];
}

/**
 * @throws RefusedError where the answer has errors; NetworkError where there is none in time, or none
 * that is GraphQL; the reason of `signal` where it was aborted
 */
export function createPost({ url, fetch, headers, credentials, timeout }: PostOptions): Post {
  return async (document, variables, accessToken, signal) => {
    signal?.throwIfAborted();
    const canceller = new AbortController();
    const cancel = () => {
      canceller.abort();
    };
    const overdue = setTimeout(cancel, timeout);
    signal?.addEventListener('abort', cancel);
    let status: number | undefined;
    let answer: Answer | null;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json',
          ...authorizationOf(accessToken),
        },
        body: JSON.stringify({ query: String(document), variables }),
        credentials,
        signal: canceller.signal,
      });
      ({ status } = response);
      answer = (await response.json()) as Answer | null;
    } catch (cause) {
      signal?.throwIfAborted();
      throw new NetworkError(withStatus('The service did not answer', status), cause);
    } finally {
      clearTimeout(overdue);
      signal?.removeEventListener('abort', cancel);
    }
    const [first, ...others] = answer?.errors ?? [];
    if (first !== undefined) throw new RefusedError([first, ...others], answer?.data);
    if (!answer?.data) throw new NetworkError(withStatus('The answer is not GraphQL', status));
    return answer.data as never;
  };
}

function withStatus(message: string, status: number | undefined): string {
  return `${message}${status === undefined ? '' : ` (HTTP ${status})`}.`;
}
