/** An error of JSON-RPC 2.0. */
export interface RpcError {
  /** `undefined` if the RPC sent neither a number nor a number as text. */
  readonly code: number | undefined;
  readonly message: string;
}

/** The answer of an RPC: a result, or an error of JSON-RPC 2.0. */
export type Answer = { readonly result: unknown } | { readonly error: RpcError };

/** Bytes. Answers are short, except that a revert may include a reason. */
const MAX_ANSWER_LENGTH = 100_000;

/**
 * Sends one request to a JSON-RPC 2.0 service over HTTP. The service is not trusted: it must answer this request, within
 * the maximum length and before `signal` aborts, and it may not redirect.
 * @throws Error without the URL, which often contains an API key
 */
export async function askRpc(
  url: URL,
  method: string,
  params: readonly unknown[],
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    redirect: 'error',
    signal,
  });
  const text = await readAtMost(response, MAX_ANSWER_LENGTH);
  if (response.ok) return toAnswer(parse(text));
  // Some nodes report the error of a call, such as a revert, with an HTTP error status. Results never have one.
  const error = errorIn(text);
  if (error === undefined) throw new Error(`The RPC returned the HTTP status ${response.status}.`);
  return error;
}

function errorIn(text: string): Answer | undefined {
  try {
    const answer = toAnswer(parse(text));
    return 'error' in answer ? answer : undefined;
  } catch {
    return undefined;
  }
}

async function readAtMost(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body === null) return '';
  // Leaving the loop early cancels the body, and with it the request.
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > limit) throw new Error(`The response of the RPC is longer than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error('The response of the RPC is not JSON.', { cause });
  }
}

function toAnswer(value: unknown): Answer {
  if (isRecord(value) && value['jsonrpc'] === '2.0' && value['id'] === 1) {
    const { result, error } = value;
    if (isRecord(error)) {
      const { code, message } = error;
      return { error: { code: codeOf(code), message: typeof message === 'string' ? message : '' } };
    }
    // Some nodes send `"error": null` with a result.
    if ((error ?? undefined) === undefined && result !== undefined) return { result };
  }
  throw new Error('The response of the RPC is not JSON-RPC 2.0.');
}

/** Some nodes send the code as text: `"code": "-32000"`. */
function codeOf(code: unknown): number | undefined {
  const number = typeof code === 'string' && /^-?\d{1,9}$/.test(code) ? Number(code) : code;
  return typeof number === 'number' ? number : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Describes the URLs that {@link isRpcUrl} accepts. */
export const RPC_URL = 'http:// or https:// URL without a user name';

/** Whether a text is a URL that `fetch` accepts: over HTTP, without a user name. */
export function isRpcUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
