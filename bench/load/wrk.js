import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LOAD_CORE, onCore } from '../system/cores.js';

const run = promisify(execFile);
const script = fileURLToPath(new URL('request.lua', import.meta.url));

/**
 * Loads a server with one request over and over, from the other core.
 * @returns requests answered, the seconds that took, and latencies in milliseconds
 * @throws Error where an answer was no success or a connection failed: such a figure means nothing
 */
export async function loadWithWrk(
  { url, method = 'GET', body = '', headers = {} },
  { seconds, connections = 50 },
) {
  const [program, ...args] = onCore(
    LOAD_CORE,
    'wrk',
    ...[
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--timeout',
      '30s',
      '-s',
      script,
      url,
      '--',
      method,
      body,
    ],
    ...Object.entries(headers).flat(),
  );
  const { stdout } = await run(program, args);
  const { refused, failed, ...figures } = JSON.parse(stdout.trim().split('\n').at(-1));
  if (refused + failed > 0) {
    throw new Error(`${url}: ${refused} answers refused, ${failed} connections failed.`);
  }
  return figures;
}
