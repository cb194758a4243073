import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { spreadOf } from '../report/statistics.js';
import { LOAD_CORE, onCore, SERVER_CORE } from '../system/cores.js';
import { startRedis } from '../system/redis.js';

const run = promisify(execFile);
const ROUNDS = 5;

export const limits = {
  name: 'limits',
  title: 'The limits of this machine, with nothing of ours',
  run: async () => [
    { title: 'a second of one core', measures: [...(await recovery()), ...(await redis())] },
  ],
};

/** Public keys from signatures: what verifying a sign-in cannot do without. */
async function recovery() {
  const file = fileURLToPath(new URL('../peers/recovery.js', import.meta.url));
  const [program, ...args] = onCore(SERVER_CORE, process.execPath, file, String(ROUNDS));
  const { stdout } = await run(program, args);
  return Object.entries(JSON.parse(stdout)).map(([name, rates]) => ({
    name,
    ...spreadOf(rates),
    unit: 'per second',
  }));
}

/** GET of a value as long as a session's record. */
async function redis() {
  const server = await startRedis(SERVER_CORE);
  const load = async (...options) => {
    const fixed = ['-p', String(server.port), '-t', 'get', '-d', '270', '--csv'];
    const [program, ...args] = onCore(LOAD_CORE, 'redis-benchmark', ...fixed, ...options);
    const { stdout } = await run(program, args);
    return Number(/^"GET","([\d.]+)"/m.exec(stdout)[1]);
  };
  const measure = async (name, ...options) => {
    const rates = [];
    for (let round = 0; round < ROUNDS; round += 1) rates.push(await load(...options));
    return { name, ...spreadOf(rates), unit: 'per second' };
  };
  try {
    return [
      await measure('Redis GET, one connection, one at a time', '-c', '1', '-n', '20000'),
      await measure('Redis GET, 50 connections', '-c', '50', '-n', '100000'),
      await measure(
        'Redis GET, 50 connections, 16 pipelined',
        '-c',
        '50',
        '-P',
        '16',
        '-n',
        '500000',
      ),
    ];
  } finally {
    await server.stop();
  }
}
