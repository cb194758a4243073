import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** How long the rest of a request is read, in milliseconds. */
const MAX_LINGER = 5000;

/** Bytes of it that are read: the longest body that `MESSAGE_LIMIT` allows. */
const MAX_DISCARDED = 16 * 2 ** 20;

/**
 * Closes the connection with the response, because the body of its request is not read to the end. Call it before the
 * headers are sent.
 */
export function closeWithResponse(response: ServerResponse): void {
  response.setHeader('connection', 'close');
  const { req: request } = response;
  const { socket } = request;
  // Node.js calls this when the response is written. It would close the connection at once.
  socket.destroySoon = () => {
    if (request.complete) socket.once('finish', () => socket.destroy()).end();
    else lingerAndClose(socket);
  };
}

/**
 * Ends what is sent over a connection, then reads and discards what still arrives until the other side ends, for at most
 * 5 seconds and 16 MiB (RFC 9112 §9.6). A connection that is closed with unread data is reset. A proxy that is still
 * sending the body takes the reset for a failure of the service: nginx then sends nobody to that instance for 10 seconds.
 */
export function lingerAndClose(stream: Duplex): void {
  let left = MAX_DISCARDED;
  const close = () => stream.destroy();
  const overdue = setTimeout(close, MAX_LINGER).unref();
  stream.once('close', () => {
    clearTimeout(overdue);
  });
  stream.on('error', close);
  // The parser of Node.js is not to take what follows for another request.
  stream.removeAllListeners('data');
  stream.on('data', (piece: Buffer) => {
    left -= piece.length;
    if (left < 0) close();
  });
  stream.once('end', close);
  stream.end();
  // Node.js stops reading from a connection whose request body nobody reads. It reads for the parser without the stream,
  // whose state still says that a read is in progress. The empty chunk ends that read, so that `resume` starts another.
  stream.push('');
  stream.resume();
}

const IS_WHOLE = Symbol('the body has been received as a whole');

interface Noted {
  [IS_WHOLE]?: true;
}

/**
 * Notes that the body of a request has been received as a whole. Node.js itself sets `complete` only after the handlers of
 * the last piece have run, and a fast response is sent before that.
 */
export function noteWholeBody(request: IncomingMessage): void {
  // A WeakSet takes several times as long, for each request.
  (request as Noted)[IS_WHOLE] = true;
}

/** Closes the connection with the response, unless the body of its request has been received as a whole. */
export function closeUnlessWhole(response: ServerResponse): void {
  const { req: request } = response;
  if (request.complete || !bearsBody(request) || (request as Noted)[IS_WHOLE] === true) return;
  closeWithResponse(response);
}

/** Whether a request comes with a body, or announces one (RFC 9112 §6). */
export function bearsBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
