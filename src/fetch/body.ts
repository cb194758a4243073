import { assertJson, parseJson } from '../http/json-request.js';
import { RequestRefused } from '../http/refusal.js';

/**
 * Reads the JSON body of a request; `undefined` if it has none.
 * @param limit its maximum length, in bytes
 * @throws RequestRefused 413 `PAYLOAD_TOO_LARGE`, 415 `UNSUPPORTED_MEDIA_TYPE`, 400 `BAD_REQUEST`
 */
export async function readJsonBody(request: Request, limit: number): Promise<unknown> {
  const { headers, body } = request;
  if (body === null) return undefined;
  const tooLong = () =>
    new RequestRefused(413, 'PAYLOAD_TOO_LARGE', `The body is longer than ${limit} bytes.`);
  if (Number(headers.get('content-length')) > limit) throw tooLong();
  const pieces: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the rest.
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > limit) throw tooLong();
    pieces.push(piece);
  }
  if (length === 0) return undefined;
  assertJson({
    'content-type': headers.get('content-type') ?? undefined,
    'content-encoding': headers.get('content-encoding') ?? undefined,
  });
  return parseJson(Buffer.concat(pieces));
}
