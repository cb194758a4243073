import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { freePort } from './free-port.js';
import { programOf } from './program.js';
import { NO_LIMITS } from './service.js';
import { PATIENT_TIMEOUT } from './stores.js';

export interface LogEntry {
  readonly level: number;
  readonly msg: string;
  readonly [name: string]: unknown;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The service as a separate process, configured by its environment only. */
export interface ServiceProcess {
  readonly pid: number;
  readonly url: string;
  readonly webSocketUrl: string;
  readonly log: readonly LogEntry[];
  /** The standard output and standard error so far. */
  output(): string;
  readonly exited: Promise<Exit>;
  /** Sends the signal and resolves when the process has exited. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

export interface ProcessOutput {
  readonly exit: Exit;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts the service on a free port. Resolves when it listens, and rejects with its last log entry if it exits.
 * @param program the path of the program, by default that of the bundled build
 */
export async function startServiceProcess(
  environment: Record<string, string>,
  program = programOf('main'),
): Promise<ServiceProcess> {
  const child = launch(
    {
      ...NO_LIMITS,
      PORT: '0',
      REDIS_COMMAND_TIMEOUT: `${PATIENT_TIMEOUT}ms`,
      ...environment,
    },
    program,
  );
  const exited = exitOf(child);
  const log: LogEntry[] = [];
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const url = await new Promise<string>((found, failed) => {
    createInterface(child.stdout).on('line', (line) => {
      const entry = JSON.parse(line) as LogEntry;
      log.push(entry);
      if (typeof entry['url'] === 'string') found(entry['url']);
    });
    void exited.then(() => {
      failed(new Error(`The service exited: ${JSON.stringify(log.at(-1))}`));
    });
  });
  return {
    pid: child.pid ?? -1,
    url,
    webSocketUrl: url.replace('http', 'ws'),
    log,
    output: () => output,
    exited,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}

export interface ProcessLimits {
  /** Maximum size of a file that the process writes, in blocks of 512 bytes. */
  readonly fileBlocks: number;
}

/** Runs the service until it exits, for a configuration with which it does not start. */
export async function runServiceProcess(
  environment: Record<string, string>,
  limits?: ProcessLimits,
): Promise<ProcessOutput> {
  const child = launch({ PORT: '0', ...environment }, programOf('main'), 'pipe', limits);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { exit: await exitOf(child), stdout, stderr };
}

/** A service process whose standard output the test does not read. */
export interface UnheardServiceProcess extends Pick<ServiceProcess, 'url' | 'exited' | 'stop'> {
  /** The standard error so far. */
  stderr(): string;
}

/** Starts the service with this file descriptor as standard output, without waiting until it listens. */
export async function launchUnheard(
  stdout: number,
  environment: Record<string, string>,
): Promise<UnheardServiceProcess> {
  const port = String(await freePort());
  const child = launch({ ...NO_LIMITS, PORT: port, ...environment }, programOf('main'), stdout);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = exitOf(child);
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    stderr: () => stderr,
    exited,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}

const running = new Set<ChildProcess>();

// A failed test may leave a service running.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

function launch(
  environment: Record<string, string>,
  program?: string,
  stdout?: 'pipe',
  limits?: ProcessLimits,
): ChildProcessByStdio<null, Readable, Readable>;
function launch(
  environment: Record<string, string>,
  program: string,
  stdout: number,
): ChildProcessByStdio<null, null, Readable>;
function launch(
  environment: Record<string, string>,
  program = programOf('main'),
  stdout: number | 'pipe' = 'pipe',
  limits?: ProcessLimits,
) {
  const { PATH = '', HOME = '' } = process.env;
  const node = [process.execPath, program] as const;
  const [command, ...args] =
    limits === undefined
      ? node
      : (['sh', '-c', `ulimit -f ${limits.fileBlocks}; exec "$0" "$1"`, ...node] as const);
  const child = spawn(command, args, {
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', stdout, 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}
