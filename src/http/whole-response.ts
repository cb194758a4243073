import {
  STATUS_CODES,
  ServerResponse,
  validateHeaderValue,
  type IncomingMessage,
  type Server,
} from 'node:http';

/** A response with headers that are added when its head is written, because {@link SendWhole} needs none set before. */
export class ResponseWithLateHeaders<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  /** Names and values in turn. Values must be valid: tokens or ids. */
  declare late: string[] | undefined;

  override writeHead(...parameters: unknown[]): this {
    const { late = [] } = this;
    this.late = undefined;
    for (let index = 0; index < late.length; index += 2) {
      const [name = '', value = ''] = [late[index], late[index + 1]];
      if (!this.hasHeader(name)) this.setHeader(name, value);
    }
    return super.writeHead(...(parameters as [number]));
  }
}

/** Adds a header to a response when its head is written, unless it has been set by then. */
export function addLate(response: ServerResponse, name: string, value: string): void {
  if (!(response instanceof ResponseWithLateHeaders)) response.setHeader(name, value);
  else if (response.late === undefined) response.late = [name, value];
  else response.late.push(name, value);
}

/**
 * Sends a response as one string in one write. `node:http` stores, checks and joins headers one by one, and hands head
 * and body to the socket separately, which takes longer than validating a session.
 *
 * Returns false and does nothing if that is not possible: the connection closes after the response, the request is not of
 * HTTP/1.1 or expects `100 Continue`, an earlier request of the connection is unanswered, headers have been set, or the
 * body is not ASCII. Send the response with `response.end` then.
 * @param lines from {@link headerLines}
 * @param body `undefined` if the status allows none
 */
export type SendWhole = (
  response: ServerResponse,
  status: 200 | 204,
  lines: string,
  body: string | undefined,
) => boolean;

/** The field in which `node:http` keeps the composed head of a response until it is written. */
interface ComposedHead {
  _header?: string | null;
}

export function createSendWhole({ keepAliveTimeout }: Server): SendWhole {
  const seconds = Math.floor(keepAliveTimeout / 1000);
  const persistence = `connection: keep-alive\r\nkeep-alive: timeout=${seconds}\r\n\r\n`;

  return (response, status, lines, body) => {
    const { req: request, shouldKeepAlive, socket } = response;
    if (!shouldKeepAlive || socket === null || request.httpVersion !== '1.1') return false;
    if (request.headers.expect !== undefined || response.getHeaderNames().length > 0) return false;
    const composed: ComposedHead = response as object;
    if (composed._header !== null) return false;
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}`;
    const { late = [] } = response as Partial<ResponseWithLateHeaders>;
    for (let index = 0; index < late.length; index += 2) {
      head += `${late[index]}: ${late[index + 1]}\r\n`;
    }
    if (body !== undefined) {
      const length = Buffer.byteLength(body);
      if (length !== body.length) return false;
      head += `content-length: ${length}\r\n`;
    }
    response.statusCode = status;
    composed._header = `${head}date: ${dateNow()}\r\n${persistence}${body ?? ''}`;
    response.end();
    return true;
  };
}

/**
 * Composes the lines of headers, without those of the length, the date and the connection.
 * @throws TypeError if a value has characters that a header may not have
 */
export function headerLines(headers: Iterable<readonly [name: string, value: string]>): string {
  let lines = '';
  for (const [name, value] of headers) {
    validateHeaderValue(name, value);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

const latest = { second: 0, text: '' };

/** The value of `Date` (RFC 9110 §6.6.1), which has a resolution of one second. */
function dateNow(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== latest.second) {
    latest.second = second;
    latest.text = new Date(second * 1000).toUTCString();
  }
  return latest.text;
}
