import type { IncomingMessage } from 'node:http';
import readBody from 'raw-body';

/** A request that was turned away before GraphQL saw it. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Reads a JSON body: UTF-8, no longer than `limit` bytes.
 * @throws RequestRefused 413 `PAYLOAD_TOO_LARGE`, 415 `UNSUPPORTED_MEDIA_TYPE`, 400 `BAD_REQUEST`
 */
export async function readJsonBody(request: IncomingMessage, limit: number): Promise<unknown> {
  assertJson(request);
  const bytes = await readBytes(request, limit);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RequestRefused(400, 'BAD_REQUEST', 'The body is not JSON in UTF-8.');
  }
}

function assertJson({ headers }: IncomingMessage): void {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type.trim() !== 'application/json' || !isUtf8) {
    throw new RequestRefused(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'Send GraphQL requests as application/json in UTF-8.',
    );
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw new RequestRefused(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body uncompressed.');
  }
}

async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  try {
    return await readBody(request, { limit, length: request.headers['content-length'] ?? null });
  } catch (error) {
    if ((error as { type?: string }).type === 'entity.too.large') {
      throw new RequestRefused(413, 'PAYLOAD_TOO_LARGE', `The body is longer than ${limit} bytes.`);
    }
    throw new RequestRefused(400, 'BAD_REQUEST', 'The body ended early.');
  }
}
