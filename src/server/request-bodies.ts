import type { IncomingMessage, Server } from 'node:http';
import { withDefault, type ValuesOf } from '../options.js';
import { integer } from '../setting-types.js';
import { networkOf } from '../rate-limits/network.js';
import { RequestRefused } from '../http/refusal.js';
import { noteWholeBody } from '../http/lingering-close.js';
import { createQuota, EVERYBODY } from '../http/quota.js';

export const BODY_SETTINGS = {
  /**
   * Maximum number of request bodies being received from one IPv4 address or IPv6 /64; a further one is refused with 429
   * TOO_MANY_REQUESTS; 0 means no limit. Each takes up to `MESSAGE_LIMIT` bytes of memory.
   */
  concurrentPerNetwork: withDefault(100, integer(0, 1_000_000)),
  /** Maximum number of request bodies being received in all; a further one is refused with 503 OVERLOADED; 0 means no limit. */
  concurrent: withDefault(1000, integer(0, 1_000_000)),
};

export interface BodyLimits extends ValuesOf<typeof BODY_SETTINGS> {
  /** Maximum size of a body, in bytes. */
  readonly length: number;
}

/** Reads the body of a request. */
export type ReadBody = (request: IncomingMessage, ipAddress: string | undefined) => Promise<Buffer>;

/** Seconds. A body that makes progress is read long before that. */
const RETRY_AFTER = 1;

/** Initial buffer size of a body that arrives in several pieces. */
const FIRST_BUFFER = 1024;

/**
 * Reads each body into one buffer, which grows up to the limit, independently of the size of the pieces. The returned
 * function rejects with RequestRefused: 413 `PAYLOAD_TOO_LARGE`, 400 `BAD_REQUEST` for a body that ends early, 429
 * `TOO_MANY_REQUESTS` and 503 `OVERLOADED` if too many bodies are being received.
 */
export function createBodyReader(limits: BodyLimits): ReadBody {
  const inAll = createQuota(limits.concurrent);
  const ofNetworks = createQuota(limits.concurrentPerNetwork);

  /** @throws RequestRefused */
  function takePlace(ipAddress: string | undefined): () => void {
    const network = networkOf(ipAddress ?? 'unknown');
    if (!ofNetworks.take(network)) {
      const message = 'This address sends too many request bodies at once. Try again later.';
      throw new RequestRefused(429, 'TOO_MANY_REQUESTS', message, RETRY_AFTER);
    }
    if (!inAll.take(EVERYBODY)) {
      ofNetworks.give(network);
      const message = 'The service receives too many request bodies at once. Try again later.';
      throw new RequestRefused(503, 'OVERLOADED', message, RETRY_AFTER);
    }
    return () => {
      ofNetworks.give(network);
      inAll.give(EVERYBODY);
    };
  }

  return (request, ipAddress) =>
    new Promise((resolve, reject) => {
      const announced = Number(request.headers['content-length']);
      if (announced > limits.length) {
        reject(tooLarge(limits.length));
        return;
      }
      let isOver = false;
      let giveBack = () => {};
      let buffer: Buffer | undefined;
      let length = 0;

      const end = (refused?: RequestRefused) => {
        if (isOver) return;
        isOver = true;
        giveBack();
        if (refused === undefined) {
          resolve(buffer?.subarray(0, length) ?? Buffer.alloc(0));
        } else {
          request.pause();
          reject(refused);
        }
      };

      askToContinue(request);
      request.on('data', (piece: Buffer) => {
        if (isOver) return;
        if (piece.length === announced) {
          // Most bodies arrive in one piece: no need to wait for the end or to copy.
          [buffer, length] = [piece, piece.length];
          noteWholeBody(request);
          end();
          return;
        }
        if (length + piece.length > limits.length) {
          end(tooLarge(limits.length));
          return;
        }
        buffer = withRoomFor(piece.length, buffer, length, limits.length);
        length += piece.copy(buffer, length);
      });
      // Bodies that arrived with the head have been read by then, so most bodies never count. Neither the end nor an error
      // is emitted earlier.
      process.nextTick(() => {
        if (isOver) return;
        request.on('end', () => {
          end();
        });
        request.on('error', () => {
          end(new RequestRefused(400, 'BAD_REQUEST', 'The body ended early.'));
        });
        try {
          giveBack = takePlace(ipAddress);
        } catch (error) {
          end(error as RequestRefused);
        }
      });
    });
}

const tooLarge = (limit: number) =>
  new RequestRefused(413, 'PAYLOAD_TOO_LARGE', `The body is longer than ${limit} bytes.`);

/** Returns the buffer, or a copy of up to twice its size within the limit. */
function withRoomFor(
  added: number,
  buffer: Buffer | undefined,
  length: number,
  limit: number,
): Buffer {
  const needed = length + added;
  if (buffer !== undefined && needed <= buffer.length) return buffer;
  const size = Math.min(limit, Math.max(FIRST_BUFFER, needed, 2 * (buffer?.length ?? 0)));
  const larger = Buffer.allocUnsafeSlow(size);
  buffer?.copy(larger, 0, 0, length);
  return larger;
}

const continuations = new WeakMap<IncomingMessage, () => void>();

/** Answers `Expect: 100-continue` (RFC 9110 §10.1.1) only when a body is read, so that clients do not send a refused body. */
export function continueWhenRead(http: Server): void {
  http.on('checkContinue', (request, response) => {
    continuations.set(request, () => {
      response.writeContinue();
    });
    http.emit('request', request, response);
  });
}

function askToContinue(request: IncomingMessage): void {
  if (request.headers.expect === undefined) return;
  continuations.get(request)?.();
}
