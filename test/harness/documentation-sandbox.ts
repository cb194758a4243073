import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Inside of the repository, where its packages are found as in a clone. */
const SANDBOXES = join(ROOT, 'artifacts/documentation');

/** What commands of a clone name. */
const OF_A_CLONE = [
  'bench',
  'client',
  'dist',
  'docs',
  'examples',
  'ops',
  'schema',
  'scripts',
  'test',
];

export interface Sandbox {
  readonly path: string;
  /** Runs a program here, with that environment and nothing else; resolves to all that it says. */
  run(command: readonly string[], environment: Record<string, string>): Promise<string>;
}

/** An empty directory in which `npx wallet-sessions`, and the imports of an application that has it, work. */
export function aSandbox(name: string): Sandbox {
  const path = join(SANDBOXES, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(join(path, 'node_modules/.bin'), { recursive: true });
  symlinkSync(ROOT, join(path, 'node_modules/wallet-sessions'));
  symlinkSync(join(ROOT, 'client'), join(path, 'node_modules/wallet-sessions-client'));
  const commandLine = join(ROOT, 'dist/cli/index.js');
  symlinkSync(commandLine, join(path, 'node_modules/.bin/wallet-sessions'));
  // As npm does where it installs a package.
  chmodSync(commandLine, 0o755);
  return { path, run: (command, environment) => runIn(path, command, environment) };
}

/** A sandbox that looks like a clone of the repository, after `npm ci` and the build. */
export async function aClone(name: string): Promise<Sandbox> {
  const sandbox = aSandbox(name);
  for (const folder of OF_A_CLONE) symlinkSync(join(ROOT, folder), join(sandbox.path, folder));
  for (const file of ['package.json', 'package-lock.json', 'jest.config.js']) {
    await copyFile(join(ROOT, file), join(sandbox.path, file));
  }
  return sandbox;
}

/** Longer than any of them takes on a busy machine. */
const PATIENCE = 55_000;

async function runIn(
  cwd: string,
  [program = '', ...args]: readonly string[],
  environment: Record<string, string>,
): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { PATH, HOME, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    // What it starts is ended with it.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const impatience = setTimeout(() => {
    output += '\nIt did not end in time.';
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, PATIENCE);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(impatience);
  if (code !== 0) throw new Error(`It exited with ${code}:\n${output}`);
  return output;
}
