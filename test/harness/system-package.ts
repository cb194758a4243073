import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program that the tests need and that is not an npm package. */
interface SystemProgram {
  /** The possible names of its executable. */
  readonly names: readonly string[];
  /** The environment variable that may name its path. */
  readonly variable: string;
  readonly aptPackage: string;
  readonly brewArguments: readonly string[];
  /** The service that the package starts and that the tests do not use. */
  readonly service?: string;
}

const REDIS_SERVER: SystemProgram = {
  names: ['redis-server'],
  variable: 'REDIS_SERVER',
  aptPackage: 'redis-server',
  brewArguments: ['redis'],
  service: 'redis-server',
};

const CHROMIUM: SystemProgram = {
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  variable: 'CHROMIUM',
  aptPackage: 'chromium',
  brewArguments: ['--cask', 'chromium'],
};

/** Chromium without the parts of a desktop browser. Each browser context takes a quarter of the processor time. */
const HEADLESS_SHELL = {
  names: ['chromium-headless-shell', 'chrome-headless-shell'],
  variable: 'CHROMIUM_HEADLESS_SHELL',
};

const CURL: SystemProgram = {
  names: ['curl'],
  variable: 'CURL',
  aptPackage: 'curl',
  brewArguments: ['curl'],
};

const OPENSSL: SystemProgram = {
  names: ['openssl'],
  variable: 'OPENSSL',
  aptPackage: 'openssl',
  brewArguments: ['openssl@3'],
};

const NGINX: SystemProgram = {
  names: ['nginx'],
  variable: 'NGINX',
  aptPackage: 'nginx',
  brewArguments: ['nginx'],
  service: 'nginx',
};

const PYTHON: SystemProgram = {
  names: ['python3'],
  variable: 'PYTHON',
  aptPackage: 'python3',
  brewArguments: ['python3'],
};

/** The path of `redis-server`. The package manager of the system installs it if it is missing. */
export function ensureRedisServer(): Promise<string> {
  return ensure(REDIS_SERVER);
}

/** The path of Chromium, which is installed if it is missing. */
export function ensureChromium(): Promise<string> {
  return ensure(CHROMIUM);
}

/** The path of Chromium's headless shell or, where it is not installed, of Chromium. */
export async function ensureHeadlessChromium(): Promise<string> {
  return (await presentPath(HEADLESS_SHELL)) ?? ensureChromium();
}

/** The path of `curl`, which is installed if it is missing. */
export function ensureCurl(): Promise<string> {
  return ensure(CURL);
}

/** The path of `openssl` 3, which is installed if it is missing. */
export function ensureOpenSsl(): Promise<string> {
  return ensure(OPENSSL);
}

/** The path of `nginx`, which is installed if it is missing. */
export function ensureNginx(): Promise<string> {
  return ensure(NGINX);
}

/** The path of `python3`, which is installed if it is missing. */
export function ensurePython(): Promise<string> {
  return ensure(PYTHON);
}

async function ensure(program: SystemProgram): Promise<string> {
  const present = await presentPath(program);
  if (present !== undefined) return present;
  const failure = await install(program).catch((error: unknown) => error);
  const installed = await find(program.names);
  if (installed !== undefined) return installed;
  const { aptPackage, brewArguments, variable } = program;
  throw new Error(
    `The tests need ${aptPackage}: install it (apt-get install ${aptPackage}, or brew install ` +
      `${brewArguments.join(' ')}) or set ${variable} to its path.`,
    { cause: failure },
  );
}

async function presentPath({
  names,
  variable,
}: Pick<SystemProgram, 'names' | 'variable'>): Promise<string | undefined> {
  return process.env[variable] ?? (await find(names));
}

async function find(names: readonly string[]): Promise<string | undefined> {
  const path = process.env['PATH']?.split(delimiter) ?? [];
  const folders = [...path, '/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
  const files = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const file of [...files, '/Applications/Chromium.app/Contents/MacOS/Chromium']) {
    if (!names.some((name) => file.toLowerCase().endsWith(name))) continue;
    const isExecutable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) return file;
  }
  return undefined;
}

async function install(program: SystemProgram): Promise<void> {
  if ((await find(['apt-get'])) !== undefined) return installWithApt(program);
  const brew = await find(['brew']);
  if (brew !== undefined) await run(brew, ['install', ...program.brewArguments]);
}

const APT_LOCK = join(tmpdir(), 'wallet-sessions-apt.lock');

async function installWithApt({ aptPackage, service }: SystemProgram): Promise<void> {
  // Another worker may be installing: apt-get fails if it cannot lock its lists.
  const asRoot = (...command: string[]) => {
    const args = [APT_LOCK, 'env', 'DEBIAN_FRONTEND=noninteractive', ...command];
    return process.getuid?.() === 0 ? run('flock', args) : run('sudo', ['-n', 'flock', ...args]);
  };
  await asRoot('apt-get', 'update');
  await asRoot('apt-get', 'install', '-y', '--no-install-recommends', aptPackage);
  // The package may have started its service, which would occupy the default port.
  if (service !== undefined) await asRoot('service', service, 'stop');
}
