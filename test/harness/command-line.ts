import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = resolve(__dirname, '../../dist/cli/index.js');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  /** The lines on standard output as they come. */
  readonly lines: AsyncIterator<string, undefined>;
  readonly result: Promise<CommandResult>;
  /** Resolves when it has said so on standard error; rejects where it ends without. */
  complained(of: string): Promise<void>;
  interrupt(): void;
}

const running = new Set<ChildProcess>();

/** A test that failed may have left one running. */
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs `wallet-sessions` as an operator does, with that environment and nothing else, to its end. */
export function runCommand(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<CommandResult> {
  return startCommand(args, environment).result;
}

export function startCommand(
  args: readonly string[],
  environment: Record<string, string> = {},
): RunningCommand {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const result = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, stdout, stderr };
  });
  return {
    lines: createInterface(child.stdout)[Symbol.asyncIterator](),
    result,
    complained: (of) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (stderr.includes(of)) resolve();
        };
        child.stderr.on('data', look);
        look();
        void result.then(() => {
          reject(new Error(`It ended, and said: ${stderr}`));
        });
      }),
    interrupt: () => child.kill('SIGINT'),
  };
}
