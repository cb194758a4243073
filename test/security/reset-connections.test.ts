import { Worker } from 'node:worker_threads';
import { startTestService } from '../harness/service.js';

const BODY = JSON.stringify({ query: 'mutation { createSignInChallenge { nonce } }' });
const REQUEST = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

/** Connects, sends and resets in another thread while this one, which runs the server, is blocked. */
const CLIENT = `
const { connect } = require('node:net');
const { workerData: { port, request, done } } = require('node:worker_threads');
const socket = connect(port, '127.0.0.1', () => {
  socket.write(request, () => {
    socket.resetAndDestroy();
    Atomics.store(done, 0, 1);
    Atomics.notify(done, 0);
  });
});
`;

async function sendAndReset(url: string): Promise<void> {
  const done = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(CLIENT, {
    eval: true,
    workerData: { port: Number(new URL(url).port), request: REQUEST, done },
  });
  await new Promise<void>((online) => worker.once('online', online));
  Atomics.wait(done, 0, 0);
  await worker.terminate();
}

it('does not execute a request whose sender resets the connection at once, since it has no address to count it for', async () => {
  const service = await startTestService('embedded');
  const ask = () =>
    fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: BODY,
    });
  await sendAndReset(service.url);
  // The server accepts connections in the order of their arrival.
  expect((await ask()).status).toBe(200);
  const created = service.log
    .map((line) => JSON.parse(line) as { msg: string; audit?: { source: { ipAddress?: string } } })
    .filter(({ msg }) => msg === 'challenge.created');
  expect(created.map(({ audit }) => audit?.source.ipAddress)).toEqual(['127.0.0.1']);
  await service.stop();
});
