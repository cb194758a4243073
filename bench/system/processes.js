import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { onCore } from './cores.js';

const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** How long a server may take to start, in milliseconds. */
const START_LIMIT = 30_000;

/**
 * Starts a server on a core of its own and waits for its first line of JSON, in which it says where it
 * listens and what else a client needs.
 */
export async function startServer(core, file, environment = {}) {
  const child = launch(core, process.execPath, [file], environment, 'pipe');
  const lines = createInterface({ input: child.stdout });
  const line = await withinLimit(child, once(lines, 'line'));
  return { ...JSON.parse(line[0]), ...handle(child) };
}

/** Starts a program that says nothing of its own; `ready` tells when it answers. */
export async function startProgram(core, command, args, environment, ready) {
  const child = launch(core, command, args, environment, 'ignore');
  await withinLimit(child, until(ready));
  return handle(child);
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function launch(core, command, args, environment, stdout) {
  const [program, ...rest] = onCore(core, command, ...args);
  const child = spawn(program, rest, {
    // As everything that is measured would be run by its users.
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', stdout, 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

function handle(child) {
  return {
    pid: child.pid,
    cpuTime: () => cpuTime(child.pid),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), 5000);
      await exited;
      clearTimeout(impatience);
    },
  };
}

async function withinLimit(child, ready) {
  let timer;
  const failed = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('A server did not start in time.')), START_LIMIT);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`A server stopped at its start (${code}).`)));
  });
  failed.catch(() => undefined);
  try {
    return await Promise.race([ready, failed]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Nobody announces when a program of somebody else's answers: it is asked again and again. */
async function until(ready) {
  while (!(await ready().catch(() => false))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Seconds of a core that the process has used so far, in all its threads; `undefined` where the system
 * does not say. On a loaded machine, work per second of this is what stays comparable.
 */
async function cpuTime(pid) {
  try {
    const threads = await readdir(`/proc/${pid}/task`);
    const times = await Promise.all(
      threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')),
    );
    return times.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1e9;
  } catch {
    return undefined;
  }
}
