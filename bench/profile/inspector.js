import { once } from 'node:events';
import { WebSocket } from 'ws';
import { freePort } from '../system/processes.js';

/** Microseconds between two samples. */
const INTERVAL = 100;

/** What makes a Node.js process open to an inspector: add `environment` to the environment of the process. */
export async function inspectable() {
  const port = await freePort();
  const options = `--inspect=127.0.0.1:${port} --inspect-publish-uid=http`;
  return { port, environment: { NODE_OPTIONS: options } };
}

/** Profiles a process while it does something, and not while it starts. */
export async function profilerOf(port) {
  const { send, close } = await inspect(port);
  await send('Profiler.enable');
  await send('Profiler.setSamplingInterval', { interval: INTERVAL });
  return {
    start: () => send('Profiler.start'),
    stop: async () => (await send('Profiler.stop')).profile,
    close,
  };
}

/** Reads the memory of a process after a full garbage collection, in bytes. */
export async function memoryOf(port) {
  const { send, close } = await inspect(port);
  try {
    // What one collection finalizes, such as a closed handle, only the next one frees.
    for (let count = 0; count < 3; count += 1) await send('HeapProfiler.collectGarbage');
    const { result } = await send('Runtime.evaluate', {
      expression: 'process.memoryUsage()',
      returnByValue: true,
    });
    const { heapUsed, external, rss } = result.value;
    return { used: heapUsed + external, rss };
  } finally {
    close();
  }
}

/** Speaks the protocol of the inspector with a process that is {@link inspectable}. */
async function inspect(port) {
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
  return { send, close: () => socket.close() };
}
