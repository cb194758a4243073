import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { programOf } from './program.js';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  /** The lines of standard output. */
  readonly lines: AsyncIterator<string, undefined>;
  readonly result: Promise<CommandResult>;
  /** Resolves when standard error contains the text. Rejects if the command ends without it. */
  complained(of: string): Promise<void>;
  interrupt(): void;
}

const running = new Set<ChildProcess>();

// A failed test may leave a command running.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs `wallet-sessions` with this environment only, and resolves when it has ended. */
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
  const child = spawn(process.execPath, [programOf('cli'), ...args], {
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
          reject(new Error(`The command has ended with: ${stderr}`));
        });
      }),
    interrupt: () => child.kill('SIGINT'),
  };
}
