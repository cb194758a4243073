import type { IncomingMessage } from 'node:http';

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
 * Reads the body of a request that says it is JSON: no longer than `limit` bytes.
 * @throws RequestRefused 413 `PAYLOAD_TOO_LARGE`, 415 `UNSUPPORTED_MEDIA_TYPE`, 400 `BAD_REQUEST`
 */
export function readJsonBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    assertJson(request);
    readBytes(request, limit, resolve, reject);
  });
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** @throws RequestRefused 400 `BAD_REQUEST` for what is not JSON in UTF-8 */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF_8.decode(bytes));
  } catch {
    throw new RequestRefused(400, 'BAD_REQUEST', 'The body is not JSON in UTF-8.');
  }
}

function assertJson({ headers }: IncomingMessage): void {
  // Nearly every request: it need not be taken to pieces.
  if (headers['content-type'] === 'application/json' && headers['content-encoding'] === undefined)
    return;
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

function readBytes(
  request: IncomingMessage,
  limit: number,
  resolve: (bytes: Buffer) => void,
  reject: (refused: RequestRefused) => void,
): void {
  const tooLarge = () =>
    new RequestRefused(413, 'PAYLOAD_TOO_LARGE', `The body is longer than ${limit} bytes.`);
  const announced = Number(request.headers['content-length']);
  if (announced > limit) {
    reject(tooLarge());
    return;
  }
  const pieces: Buffer[] = [];
  let length = 0;
  request.on('data', (piece: Buffer) => {
    length += piece.length;
    if (length > limit) {
      request.pause();
      reject(tooLarge());
    } else if (piece.length === announced) {
      // Most bodies come in one piece: then there is no end to wait for.
      resolve(piece);
    } else {
      pieces.push(piece);
    }
  });
  request.on('end', () => {
    if (pieces.length > 0 || length === 0) resolve(Buffer.concat(pieces));
  });
  request.on('error', () => {
    reject(new RequestRefused(400, 'BAD_REQUEST', 'The body ended early.'));
  });
}
