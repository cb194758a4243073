import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parseSetCookie } from 'cookie';
import { print, type GraphQLFormattedError } from 'graphql';
import { CreateSignInChallengeDocument, SignInDocument } from '../generated/graphql.js';
import { aWallet, type TestWallet } from './wallet.js';

interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

export interface CookieAnswer<Result> extends Answer<Result> {
  readonly status: number;
  /** The raw `Set-Cookie` headers. */
  readonly setCookies: readonly string[];
}

/** A client that stores cookies and sends the origin of its page, as a browser does. */
export interface CookieClient {
  readonly cookies: Map<string, string>;
  /** The `Cookie` header of the next request. */
  header(): string;
  /** Sends an operation and stores the cookies of the answer. `cookie` replaces the stored cookies in the request. */
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

/** Signs in a browser that keeps its tokens in cookies. */
export async function signInByCookies(browser: CookieClient, wallet: TestWallet = aWallet()) {
  const { data } = await browser.send(CreateSignInChallengeDocument, { account: wallet.account });
  const message = data?.createSignInChallenge.message ?? '';
  const signed = await browser.send(SignInDocument, {
    message,
    signature: await wallet.sign(message),
  });
  if (signed.data == null) throw new Error('The sign-in was refused.');
  return signed.data.signIn.session;
}
