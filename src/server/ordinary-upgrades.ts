import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { bearsBody } from './lingering-close.js';
import { refuseHandshake, RequestRefused } from './refusal.js';
import { unansweredOf } from './unanswered.js';

/** Headers that are about the connection's upgrade alone (RFC 9110 §7.8, RFC 7540 §3.2.1). */
const UPGRADE_HEADERS = new Set(['upgrade', 'http2-settings']);

/** Header fields, names and values each counted, that Node.js takes of a request where `maxHeadersCount` is not set. */
const MAX_HEADER_PARTS = 2000;

type UpgradeServer = Server & {
  /** Since Node.js 24.9. */
  shouldUpgradeCallback?: (request: IncomingMessage) => boolean;
};

/** Whether a request asks for a WebSocket (RFC 6455 §4.1): a GET, without a body. */
export function asksForWebSocket(request: IncomingMessage): boolean {
  const isHandshake = request.headers.upgrade?.toLowerCase() === 'websocket';
  return isHandshake && request.method === 'GET' && !bearsBody(request);
}

interface Shared {
  /** How many listeners to `upgrade` are ours. */
  listeners: number;
  readonly handBack: HandBack;
  /** The requests that one of ours has handed back. */
  readonly handedBack: WeakSet<IncomingMessage>;
}

const shared = new WeakMap<Server, Shared>();

/**
 * Has every request with an `Upgrade` to anything but `websocket` answered as if it had none (RFC 9110 §7.8 lets a server
 * ignore it): that of `curl --http2`, for one. The connection closes with the answer, because what follows on it may be of
 * another protocol. An application that listens to `upgrade` itself gets those requests.
 * @param upgrade the listener to `upgrade` that serves WebSockets
 * @returns stops listening
 */
export function listenForWebSockets(
  http: Server,
  upgrade: (request: IncomingMessage, stream: Duplex, head: Buffer) => void,
): () => void {
  const isForOthers = () => http.listenerCount('upgrade') > ours.listeners;
  const ours = shared.get(http) ?? {
    listeners: 0,
    handBack: answerOthers(http, isForOthers),
    handedBack: new WeakSet(),
  };
  shared.set(http, ours);
  ours.listeners += 1;
  const listener = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (asksForWebSocket(request)) {
      upgrade(request, stream, head);
    } else if (!isForOthers() && !ours.handedBack.has(request)) {
      ours.handedBack.add(request);
      ours.handBack(request, stream, head);
    }
  };
  http.on('upgrade', listener);
  return () => {
    http.off('upgrade', listener);
    ours.listeners -= 1;
  };
}

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
    // Node.js has taken its own listener away: an error that nobody hears would end the process.
    stream.on('error', () => undefined);
    const rebuilt = headWithoutUpgrade(http, request);
    // Answers go out in the order of the requests: the server knows no longer of those before.
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
 * The head as it came, but for the upgrade: the parser accepted every byte of it, so it frames the body as before. `undefined`
 * where it may have been cut, or could be read in another way.
 */
function headWithoutUpgrade(http: Server, request: IncomingMessage): Buffer | undefined {
  const { method = '', url = '', httpVersion, rawHeaders } = request;
  const most = http.maxHeadersCount === null ? MAX_HEADER_PARTS : 2 * http.maxHeadersCount;
  if (most > 0 && rawHeaders.length >= most) return undefined;
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

/** The options of a `Connection` header that do not concern the upgrade; `undefined` if there is no other option. */
function withoutUpgrade(connection: string): string | undefined {
  const options = connection.split(',').map((option) => option.trim());
  const kept = options.filter((option) => !UPGRADE_HEADERS.has(option.toLowerCase()));
  return kept.length === 0 ? undefined : kept.join(', ');
}
