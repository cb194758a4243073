import onHeaders from 'on-headers';
import { WalletSessionsError } from '../../errors.js';

/** Sets `Set-Cookie` headers on the response, with other headers, and replaces those that it set before. */
export interface PutCookies {
  (setCookies: readonly string[], headers?: Readonly<Record<string, string>>): void;
  /** Whether the headers of the response have been sent. Default: never. */
  readonly isTooLate?: (() => boolean) | undefined;
}

/** The headers of a response. `ServerResponse` of Node.js, and therefore that of Express, is compatible. */
export interface ResponseHeaders {
  /** Whether they have been sent. If so, no cookie can be put. Default false. */
  readonly headersSent?: boolean | undefined;
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: string | readonly string[]): unknown;
  /** Called when the headers are sent, as in `node:http`. Cookies are then set again. */
  readonly writeHead?: unknown;
}

/**
 * Sets cookies on a response in addition to the application's cookies, and forbids caches to store it (RFC 9111, section
 * 7.3). Both are set when the headers are sent, after all headers of the application.
 * @throws WalletSessionsError from the function: `HTTP_REQUIRED` if the headers have been sent
 */
export function putCookiesOn(response: ResponseHeaders): PutCookies {
  let own: readonly string[] | undefined;

  function put(): void {
    const others = setCookiesOf(response).filter((setCookie) => own?.includes(setCookie) !== true);
    response.setHeader('set-cookie', [...others, ...(own ?? [])]);
    response.setHeader('cache-control', 'no-store');
  }

  const isTooLate = () => response.headersSent === true;
  const putNow: PutCookies = (setCookies, headers = {}) => {
    if (isTooLate()) throw new WalletSessionsError('HTTP_REQUIRED');
    // Removes the cookies that were set before.
    if (own !== undefined) remove(response, own);
    else if (typeof response.writeHead === 'function') onHeaders(response as never, put);
    own = setCookies;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    put();
  };
  return Object.assign(putNow, { isTooLate });
}

function remove(response: ResponseHeaders, setCookies: readonly string[]): void {
  const others = setCookiesOf(response).filter((setCookie) => !setCookies.includes(setCookie));
  response.setHeader('set-cookie', others);
}

function setCookiesOf(response: ResponseHeaders): string[] {
  const headers = response.getHeader('set-cookie') ?? [];
  return typeof headers === 'object' ? [...headers] : [String(headers)];
}
