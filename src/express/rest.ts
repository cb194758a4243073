import type { Request, RequestHandler } from 'express';
import { assertJson, parseJson } from '../http/json-request.js';
import { bearsBody, closeUnlessWhole } from '../http/lingering-close.js';
import { RequestRefused } from '../http/refusal.js';
import { createRestApi, type RestSources } from '../rest/api.js';

/** Options of {@link walletSessionsApi}. */
export interface WalletSessionsApiOptions {
  /** Maximum length of a body, in bytes. Default 100,000. */
  readonly bodyLimit?: number | undefined;
}

/**
 * Serves the REST API of wallet sessions: `app.use('/api', walletSessionsApi(walletSessions))`. It works with and without
 * `express.json()` before it. Other paths go on to the next handler.
 * @param walletSessions the result of `createWalletSessions`
 */
export function walletSessionsApi(
  walletSessions: RestSources,
  { bodyLimit = 100_000 }: WalletSessionsApiOptions = {},
): RequestHandler {
  const api = createRestApi(walletSessions);
  return (request, response, next) => {
    const { path, url } = request;
    if (!api.paths.includes(path)) {
      next();
      return;
    }
    const query = url.indexOf('?');
    const asked = {
      request,
      path,
      search: new URLSearchParams(query === -1 ? '' : url.slice(query)),
      response,
      original: request,
      readBody: () => readJsonBody(request, bodyLimit),
    };
    api
      .answer(asked)
      .then(({ status, headers, body }) => {
        // Answered meanwhile, for example by a timeout of the application.
        if (response.writableEnded) return;
        closeUnlessWhole(response);
        response.status(status).set(headers).end(body);
      })
      .catch(next);
  };
}

/** @throws RequestRefused as of `readJsonBody` of `wallet-sessions/fetch` */
async function readJsonBody(request: Request, limit: number): Promise<unknown> {
  if (!bearsBody(request)) return undefined;
  assertJson(request.headers);
  // Parsed by the application.
  if (request.body !== undefined) return request.body as unknown;
  const bytes = await readBytes(request, limit);
  return bytes.length === 0 ? undefined : parseJson(bytes);
}

function readBytes(request: Request, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= limit) pieces.push(piece);
      else {
        request.pause();
        const message = `The body is longer than ${limit} bytes.`;
        reject(new RequestRefused(413, 'PAYLOAD_TOO_LARGE', message));
      }
    });
    request.on('end', () => {
      resolve(Buffer.concat(pieces));
    });
    request.on('error', () => {
      reject(new RequestRefused(400, 'BAD_REQUEST', 'The body ended early.'));
    });
  });
}
