import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
// Jest loads the global setup with the resolution of Node.js, which does not map '.js' to '.ts'.
import { freePort } from './free-port.ts';
import { ensureRedisServer } from './system-package.ts';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** For tests that suspend or kill the server. */
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** Additional arguments, or a function of the port that returns them. */
  readonly args?: readonly string[] | ((port: number) => readonly string[]);
  /** A configuration file, read before the arguments. A sentinel writes to it. */
  readonly configFile?: string;
  /** Default: a free port. */
  readonly port?: number;
  /** The output that shows that the server is ready. Default: `Ready to accept connections`. */
  readonly until?: string;
}

/** A new Redis server on the loopback interface. It writes nothing to disk unless `args` enable it. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const binary = await ensureRedisServer();
  const directory = await mkdtemp(join(tmpdir(), 'redis-server-'));
  const removeDirectory = () => rm(directory, { recursive: true, force: true });
  try {
    const { child, pid, port } = await launch(binary, directory, options);
    return {
      url: `redis://127.0.0.1:${port}`,
      port,
      pid,
      process: child,
      async stop() {
        await end(child);
        await removeDirectory();
      },
    };
  } catch (error) {
    await removeDirectory();
    throw error;
  }
}

/** Retries with another port if another process takes the chosen port first. */
async function launch(
  binary: string,
  directory: string,
  options: RedisServerOptions,
  attempts = 5,
): Promise<Launched> {
  const { args = [], until = 'Ready to accept connections' } = options;
  const port = options.port ?? (await freePort());
  const besides = typeof args === 'function' ? args(port) : args;
  const listen = ['--port', String(port), '--bind', '127.0.0.1'];
  const keepNothing = ['--save', '', '--appendonly', 'no', '--dir', directory];
  const before = options.configFile === undefined ? [] : [options.configFile];
  const child = spawn(binary, [...before, ...listen, ...keepNothing, ...besides], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) guard(child, child.pid, directory);
  const { ready, output } = await startOf(child, until);
  if (ready && child.pid !== undefined) return { child, pid: child.pid, port };
  if (attempts > 1 && output.includes('Address already in use')) {
    return launch(binary, directory, options, attempts - 1);
  }
  throw new Error(`redis-server did not start:\n${output}`);
}

interface Launched {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
}

/**
 * Ends the server and removes its directory when this process ends in any way. An `exit` listener would not run on
 * a signal or in the sandbox of Jest. The input of the guard closes with this process.
 */
function guard(server: ChildProcess, pid: number, directory: string): void {
  const script = 'read -r _; kill -KILL "$1"; rm -rf "$2"';
  const shell = spawn('sh', ['-c', script, 'guard', String(pid), directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.unref();
  server.once('exit', () => shell.kill());
}

/** Waits until the server is ready or has exited. */
function startOf(
  child: ChildProcessByStdio<null, Readable, Readable>,
  until: string,
): Promise<{ ready: boolean; output: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: string) => {
      output += chunk;
      if (output.includes(until)) resolve({ ready: true, output });
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', reject);
    child.once('close', () => {
      resolve({ ready: false, output });
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  // A suspended server does not react to SIGTERM.
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await exited;
  clearTimeout(impatience);
}
