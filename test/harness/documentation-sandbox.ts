import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { programOf } from './program.js';

const ROOT = resolve(__dirname, '../..');

/** Inside the repository, where its packages are resolved as in a clone. */
const SANDBOXES = join(ROOT, 'artifacts/documentation');

/** The folders of a clone that commands use. */
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
  /** Runs a program here with this environment only, and resolves to its output. */
  run(command: readonly string[], environment: Record<string, string>): Promise<string>;
}

/** An empty directory in which `npx wallet-sessions` and imports of the package work. */
export function aSandbox(name: string): Sandbox {
  const path = join(SANDBOXES, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(join(path, 'node_modules/.bin'), { recursive: true });
  symlinkSync(ROOT, join(path, 'node_modules/wallet-sessions'));
  symlinkSync(join(ROOT, 'client'), join(path, 'node_modules/wallet-sessions-client'));
  const commandLine = programOf('cli');
  // npx finds the command of a package by its manifest.
  const service = join(path, 'node_modules/wallet-sessions-service');
  mkdirSync(service);
  symlinkSync(join(ROOT, 'service/package.json'), join(service, 'package.json'));
  symlinkSync(commandLine, join(path, 'node_modules/.bin/wallet-sessions'));
  // npm does the same when it installs a package.
  chmodSync(commandLine, 0o755);
  return { path, run: (command, environment) => runIn(path, command, environment) };
}

/** A sandbox that looks like a clone of the repository after `npm ci` and the build. */
export async function aClone(name: string): Promise<Sandbox> {
  const sandbox = aSandbox(name);
  for (const folder of OF_A_CLONE) symlinkSync(join(ROOT, folder), join(sandbox.path, folder));
  for (const file of ['package.json', 'package-lock.json', 'jest.config.js']) {
    await copyFile(join(ROOT, file), join(sandbox.path, file));
  }
  return sandbox;
}

/** The time limit of a command, in milliseconds, which is enough on a busy machine. */
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
    // Makes a process group, so that its children are ended, too.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const impatience = setTimeout(() => {
    output += '\nThe command did not end in time.';
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, PATIENCE);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(impatience);
  if (code !== 0) throw new Error(`The command exited with ${code}:\n${output}`);
  return output;
}
