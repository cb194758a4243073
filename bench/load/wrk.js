import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LOAD_CORE, onCore } from '../system/cores.js';

const run = promisify(execFile);
const script = fileURLToPath(new URL('requests.lua', import.meta.url));
/** As the script knows it. */
const SEPARATOR = '\x1e';

/**
 * Loads a server with one request over and over, or with one by chance of several, from the other core.
 * @param requests `{ url, method, body, headers }`, or several of one server
 * @returns requests answered, the seconds that took, and latencies in milliseconds
 * @throws Error where an answer was no success or a connection failed: such a figure means nothing
 */
export async function loadWithWrk(requests, { seconds, connections = 50 }) {
  const all = [requests].flat();
  const [{ url }] = all;
  const folder = await mkdtemp(join(tmpdir(), 'bench-requests-'));
  try {
    const file = join(folder, 'requests');
    await writeFile(file, all.map(textOf).join(SEPARATOR));
    const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script];
    const [program, ...args] = onCore(LOAD_CORE, 'wrk', ...options, url, '--', file);
    const { stdout } = await run(program, args);
    const { refused, failed, ...figures } = JSON.parse(stdout.trim().split('\n').at(-1));
    if (refused + failed > 0) {
      throw new Error(`${url}: ${refused} answers refused, ${failed} connections failed.`);
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Whole, so that a thread of wrk makes nothing while it loads. */
function textOf({ url, method = 'GET', body = '', headers = {} }) {
  const { host, pathname, search } = new URL(url);
  const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
  const lines = Object.entries({ host, ...headers, ...length }).map((pair) => pair.join(': '));
  return [`${method} ${pathname}${search} HTTP/1.1`, ...lines, '', body].join('\r\n');
}
