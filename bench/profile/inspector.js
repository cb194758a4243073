import { once } from 'node:events';
import { WebSocket } from 'ws';
import { freePort } from '../system/processes.js';

/** Microseconds between two samples. */
const INTERVAL = 100;

/** What makes a process of Node.js open for {@link profilerOf}: `environment` is to be added to its own. */
export async function inspectable() {
  const port = await freePort();
  const options = `--inspect=127.0.0.1:${port} --inspect-publish-uid=http`;
  return { port, environment: { NODE_OPTIONS: options } };
}

/** Profiles a process while it does something, and not while it starts. */
export async function profilerOf(port) {
  const [{ webSocketDebuggerUrl }] = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
  const socket = new WebSocket(webSocketDebuggerUrl, { maxPayload: 2 ** 30 });
  await once(socket, 'open');
  const awaited = new Map();
  let last = 0;
  socket.on('message', (data) => {
    const { id, result, error } = JSON.parse(data.toString());
    const { resolve, reject } = awaited.get(id) ?? {};
    awaited.delete(id);
    if (error === undefined) resolve?.(result);
    else reject?.(new Error(error.message));
  });
  const send = (method, params = {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      awaited.set(last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  await send('Profiler.enable');
  await send('Profiler.setSamplingInterval', { interval: INTERVAL });
  return {
    start: () => send('Profiler.start'),
    stop: async () => (await send('Profiler.stop')).profile,
    close: () => socket.close(),
  };
}
