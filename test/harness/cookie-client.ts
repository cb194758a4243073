import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parseSetCookie } from 'cookie';
import { print, type GraphQLFormattedError } from 'graphql';

interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

export interface CookieAnswer<Result> extends Answer<Result> {
  readonly status: number;
  /** The `Set-Cookie` headers, as they came. */
  readonly setCookies: readonly string[];
}

/** What a browser is to the service: it keeps the cookies that it gets and says which page asks. */
export interface CookieClient {
  readonly cookies: Map<string, string>;
  /** The `Cookie` header that it would send now. */
  header(): string;
  /** Sends an operation and keeps the cookies of the answer; with `cookie`, sends that instead of its own. */
  send<Result, Values extends Record<string, unknown>>(
    document: TypedDocumentNode<Result, Values>,
    variables: Values,
    options?: { headers?: Record<string, string>; cookie?: string },
  ): Promise<CookieAnswer<Result>>;
}

export function createCookieClient(
  url: string,
  page: Record<string, string> = { origin: new URL(url).origin },
): CookieClient {
  const cookies = new Map<string, string>();
  const header = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

  function keep(setCookie: string): void {
    const { name, value = '', maxAge } = parseSetCookie(setCookie);
    if (maxAge !== undefined && maxAge <= 0) cookies.delete(name);
    else cookies.set(name, value);
  }

  return {
    cookies,
    header,
    async send<Result, Values extends Record<string, unknown>>(
      document: TypedDocumentNode<Result, Values>,
      variables: Values,
      {
        headers = {},
        cookie = header(),
      }: { headers?: Record<string, string>; cookie?: string } = {},
    ) {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(cookie !== '' && { cookie }),
          ...page,
          ...headers,
        },
        body: JSON.stringify({ query: print(document), variables }),
      });
      const setCookies = response.headers.getSetCookie();
      for (const setCookie of setCookies) keep(setCookie);
      const answer = (await response.json()) as Answer<Result>;
      return { status: response.status, setCookies, ...answer };
    },
  };
}
