/** Puts `Set-Cookie` headers into the answer, in place of those that were put before. */
export type PutCookies = (setCookies: readonly string[]) => void;

/** The headers of an answer that has not begun; `ServerResponse` of Node.js, and so that of Express, fits. */
export interface AnswerHeaders {
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: string | readonly string[]): unknown;
}

/**
 * Puts cookies into an answer, beside those of the application. No cache is to keep it (RFC 9111 §7.3).
 * @throws TypeError where there is no answer
 */
export function putCookiesOn(answer: AnswerHeaders | undefined): PutCookies {
  if (answer === undefined) {
    throw new TypeError('Where sessions are in cookies, hand over the response with the request.');
  }
  let own: readonly string[] = [];
  return (setCookies) => {
    const others = setCookiesOf(answer).filter((setCookie) => !own.includes(setCookie));
    own = setCookies;
    answer.setHeader('set-cookie', [...others, ...own]);
    answer.setHeader('cache-control', 'no-store');
  };
}

function setCookiesOf(answer: AnswerHeaders): string[] {
  const headers = answer.getHeader('set-cookie') ?? [];
  return typeof headers === 'object' ? [...headers] : [String(headers)];
}
