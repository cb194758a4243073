import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { bearsBody } from './lingering-close.js';
import { refuseHandshake, RequestRefused } from './refusal.js';
import { unansweredOf } from './unanswered.js';

/** Headers that concern only the upgrade of the connection (RFC 9110 §7.8, RFC 7540 §3.2.1). */
const UPGRADE_HEADERS = new Set(['upgrade', 'http2-settings']);

/** Maximum number of header names and values that Node.js keeps if `maxHeadersCount` is not set. */
const MAX_HEADER_PARTS = 2000;

type UpgradeServer = Server & {
  /** Since Node.js 24.9. */
  shouldUpgradeCallback?: (request: IncomingMessage) => boolean;
};

/** Whether a request asks for a WebSocket (RFC 6455 §4.1): a GET, without a body. */
function asksForWebSocket(request: IncomingMessage): boolean {
  const isHandshake = request.headers.upgrade?.toLowerCase() === 'websocket';
  return isHandshake && request.method === 'GET' && !bearsBody(request);
}

/** Listens to `upgrade`, and serves some of the WebSockets of a server. */
export interface UpgradeListener {
  /** Whether it serves this handshake. Default: every one. */
  readonly serves?: ((request: IncomingMessage) => boolean) | undefined;
  readonly upgrade: (request: IncomingMessage, stream: Duplex, head: Buffer) => void;
}

interface Shared {
  readonly listeners: Set<UpgradeListener>;
  readonly handBack: HandBack;
  /** Requests that one of our listeners has handed back or refused for all. */
  readonly answered: WeakSet<IncomingMessage>;
}

const shared = new WeakMap<Server, Shared>();

/**
 * Answers requests with an `Upgrade` to anything but `websocket` as if they had none, for example from `curl --http2`
 * (RFC 9110 §7.8 lets a server ignore it). The connection closes after the response, because the client may continue in
 * another protocol. Refuses handshakes that no listener serves. An application that listens to `upgrade` itself gets both.
 * @returns stops listening
 */
export function listenForWebSockets(http: Server, listener: UpgradeListener): () => void {
  const isForOthers = () => http.listenerCount('upgrade') > ours.listeners.size;
  const ours: Shared = shared.get(http) ?? {
    listeners: new Set(),
    handBack: answerOthers(http, isForOthers),
    answered: new WeakSet(),
  };
  shared.set(http, ours);
  ours.listeners.add(listener);
  const isServed = (request: IncomingMessage) =>
    [...ours.listeners].some((each) => serves(each, request));
  const listen = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const isHandshake = asksForWebSocket(request);
    if (isHandshake && serves(listener, request)) {
      listener.upgrade(request, stream, head);
      return;
    }
    // An embedding application may serve it itself.
    if (isForOthers() || ours.answered.has(request)) return;
    if (isHandshake && isServed(request)) return;
    ours.answered.add(request);
    if (isHandshake) refuseHandshake(stream, UNSERVED);
    else ours.handBack(request, stream, head);
  };
  http.on('upgrade', listen);
  return () => {
    http.off('upgrade', listen);
    ours.listeners.delete(listener);
  };
}

const serves = (listener: UpgradeListener, request: IncomingMessage): boolean =>
  listener.serves?.(request) ?? true;

const UNSERVED = new RequestRefused(404, 'NOT_FOUND', 'No WebSocket is served at this path.');

const UNREADABLE = new RequestRefused(
  431,
  'TOO_MANY_HEADERS',
  'The request has an Upgrade, and too many header fields or some that can be read in two ways.',
);

type HandBack = (request: IncomingMessage, stream: Duplex, head: Buffer) => void;

function answerOthers(http: UpgradeServer, isForOthers: () => boolean): HandBack {
  const handedBack = new WeakSet<Duplex>();
  http.prependListener(
    'request',
    ({ headers, socket }: IncomingMessage, response: ServerResponse) => {
      if (headers.upgrade !== undefined || handedBack.has(socket)) {
        response.setHeader('connection', 'close');
      }
    },
  );
  const { shouldUpgradeCallback } = http;
  if (shouldUpgradeCallback !== undefined) {
    http.shouldUpgradeCallback = (request) =>
      (asksForWebSocket(request) || isForOthers()) && shouldUpgradeCallback.call(http, request);
    return () => undefined;
  }
  const unanswered = unansweredOf(http);
  return (request, stream, head) => {
    // Node.js has removed its own listener: an unhandled error would end the process.
    stream.on('error', () => undefined);
    const rebuilt = headWithoutUpgrade(http, request);
    // Responses must be sent in the order of the requests; the server no longer tracks the previous ones.
    unanswered.afterAllOn(stream, () => {
      if (stream.destroyed || stream.writableEnded) return;
      if (rebuilt === undefined) {
        refuseHandshake(stream, UNREADABLE);
        return;
      }
      handedBack.add(stream);
      if ('setTimeout' in stream) (stream as IncomingMessage['socket']).setTimeout(0);
      stream.unshift(Buffer.concat([rebuilt, head]));
      http.emit('encrypted' in stream ? 'secureConnection' : 'connection', stream);
    });
  };
}

/**
 * Rebuilds the head without the upgrade. The parser has accepted its bytes, so it frames the body as before. `undefined`
 * if headers may have been dropped or the head could be parsed differently.
 */
function headWithoutUpgrade(http: Server, request: IncomingMessage): Buffer | undefined {
  const { method = '', url = '', httpVersion, rawHeaders } = request;
  const max = http.maxHeadersCount === null ? MAX_HEADER_PARTS : 2 * http.maxHeadersCount;
  if (max > 0 && rawHeaders.length >= max) return undefined;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    const kept = name.toLowerCase() === 'connection' ? withoutUpgrade(value) : value;
    if (kept === undefined || UPGRADE_HEADERS.has(name.toLowerCase())) continue;
    lines.push(`${name}: ${kept}`);
  }
  if (lines.some((line) => /[\r\n\0]/.test(line))) return undefined;
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** The options of a `Connection` header that do not concern the upgrade; `undefined` if there are none. */
function withoutUpgrade(connection: string): string | undefined {
  const options = connection.split(',').map((option) => option.trim());
  const kept = options.filter((option) => !UPGRADE_HEADERS.has(option.toLowerCase()));
  return kept.length === 0 ? undefined : kept.join(', ');
}
