import { parseSetCookie } from 'cookie';
import { aWallet, type TestWallet } from './wallet.js';

export interface RestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Sends a request to the REST API: a path below it, and a body to send as JSON. */
export type SendRest = (
  path: string,
  body?: unknown,
  init?: { readonly method?: string; readonly headers?: Record<string, string> },
) => Promise<RestResponse>;

/** @param send `fetch`, or the handler of `wallet-sessions/fetch` */
export function restClient(send: (request: Request) => Promise<Response>, url: string): SendRest {
  return async (
    path,
    body,
    { method = body === undefined ? 'GET' : 'POST', headers = {} } = {},
  ) => {
    const init = {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    };
    const response = await send(new Request(url + path, init));
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  };
}

/** Signs a wallet in, and resolves to the answer. */
export async function signInByRest(
  send: SendRest,
  wallet: TestWallet = aWallet(),
  headers: Record<string, string> = {},
  described: Record<string, unknown> = {},
): Promise<RestResponse> {
  const challenge = await send('/challenge', { account: wallet.account }, { headers });
  const message = String(challenge.body['message']);
  const signed = { message, signature: await wallet.sign(message), ...described };
  return send('/sign-in', signed, { headers });
}

/** The `Cookie` header that follows from the `Set-Cookie` headers of an answer. */
export function cookieOf({ headers }: Pick<RestResponse, 'headers'>): string {
  const cookies = headers.getSetCookie().map((text) => parseSetCookie(text));
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
}
