import { createServer } from 'node:http';

/**
 * Serves on a free loopback port and tells the bench, in one line of JSON, where, and what a request
 * must bear.
 */
export function listen(handler, ready = () => ({})) {
  serve(createServer(handler), ready);
}

/** The same for a server of its own making. */
export function serve(server, ready = () => ({})) {
  server.listen(0, '127.0.0.1', async () => {
    const url = `http://127.0.0.1:${server.address().port}`;
    console.log(JSON.stringify({ url, ...(await ready(url)) }));
  });
}
