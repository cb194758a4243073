import { authorizationOf } from './authorization.js';
import { systemClock } from './clock.js';
import { NetworkError, RefusedError } from './errors.js';
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
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether requests to other origins include cookies. */
  readonly cookies?: boolean | undefined;
  /** How long to wait for a response, in milliseconds. Default 8,000. */
  readonly timeout?: number | undefined;
}

/** Sends one operation over HTTP, with the session of `accessToken` or without one. */
export type Post = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  accessToken?: string | null,
  signal?: AbortSignal,
) => Promise<Result>;

interface Answer {
  readonly data?: unknown;
  readonly errors?: RefusedError['errors'];
}

/**
 * @throws RefusedError if the response has errors; NetworkError if there is no response in time, or none that is
 * GraphQL; the reason of `signal` if it was aborted
 */
export function createPost(options: PostOptions): Post {
  const { url, fetch = globalThis.fetch, headers, cookies, timeout = 8000 } = options;
  return async (document, variables, accessToken, signal) => {
    throwIfAborted(signal);
    const canceller = new AbortController();
    const cancel = () => {
      canceller.abort();
    };
    const cancelTimeout = systemClock.schedule(timeout, cancel);
    signal?.addEventListener('abort', cancel);
    let status = 0;
    const failure = (what: string, cause?: unknown) =>
      new NetworkError(`${what}${status ? ` (HTTP ${status})` : ''}.`, cause);
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
        credentials: cookies ? 'include' : 'same-origin',
        signal: canceller.signal,
      });
      ({ status } = response);
      answer = (await response.json()) as Answer | null;
    } catch (cause) {
      throwIfAborted(signal);
      throw failure('The service did not answer', cause);
    } finally {
      cancelTimeout();
      signal?.removeEventListener('abort', cancel);
    }
    const { data, errors } = answer ?? {};
    if (errors?.length) throw new RefusedError(errors, data);
    if (!data) throw failure('The answer is not GraphQL');
    return data as never;
  };
}

/** The signals of React Native have neither `throwIfAborted` nor `reason`. */
function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  const reason = signal.reason as Error | undefined;
  throw reason ?? Object.assign(new Error('The request was aborted.'), { name: 'AbortError' });
}
