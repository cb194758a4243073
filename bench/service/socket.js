import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';

/**
 * A socket of `graphql-transport-ws` that is connected with a token and does nothing else: by hand,
 * because ten thousand clients of a library would be measured along with it.
 */
export function openSocket(url, accessToken) {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`A socket was closed with ${code}.`)));
    socket.once('open', () => {
      const payload = { authorization: `Bearer ${accessToken}` };
      socket.send(JSON.stringify({ type: 'connection_init', payload }));
    });
    socket.once('message', () => {
      socket.removeAllListeners('close').removeAllListeners('error');
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

/** Sockets that are opened at once. */
const AT_ONCE = 100;

/** Opens a socket for each of the tokens. */
export async function openSockets(url, tokens) {
  const sockets = [];
  for (let start = 0; start < tokens.length; start += AT_ONCE) {
    const batch = tokens.slice(start, start + AT_ONCE);
    sockets.push(...(await Promise.all(batch.map((token) => openSocket(url, token)))));
  }
  return sockets;
}

/** Subscribes `count` times to the ends of the wallet's sessions, as the client does. */
export function subscribeManyTimes(socket, count) {
  for (let id = 0; id < count; id += 1) {
    const payload = { query: SESSION_REVOKED, variables: { after: '0-0' } };
    socket.send(JSON.stringify({ type: 'subscribe', id: randomUUID(), payload }));
  }
}

const SESSION_REVOKED = `subscription SessionRevoked($after: String) {
  sessionRevoked(after: $after) {
    sessionId
    reason
    revokedAt
    cursor
  }
}`;

/**
 * Subscribes to the ends of the wallet's sessions, from the first one on: none is missed that came before
 * the subscription stood.
 * @returns a function that waits for that of one session and gives the time when it came
 */
export function subscribeToRevocations(socket) {
  const came = new Map();
  const awaited = new Map();
  socket.on('message', (data) => {
    const { type, payload: answer } = JSON.parse(data.toString());
    if (type === 'ping') socket.send('{"type":"pong"}');
    if (type !== 'next') return;
    const { sessionId } = answer.data.sessionRevoked;
    came.set(sessionId, performance.now());
    awaited.get(sessionId)?.(came.get(sessionId));
  });
  const payload = { query: 'subscription { sessionRevoked(after: "0-0") { sessionId } }' };
  socket.send(JSON.stringify({ type: 'subscribe', id: 'revocations', payload }));
  return (sessionId) =>
    came.has(sessionId)
      ? Promise.resolve(came.get(sessionId))
      : new Promise((resolve) => awaited.set(sessionId, resolve));
}
