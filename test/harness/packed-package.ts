import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { temporaryDirectory } from './stores.js';

const run = promisify(execFile);
const bin = (name: string) => resolve('node_modules/.bin', name);

const QUICKLY = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];

/** A package as `npm publish` would send it, installed in a project that has nothing else. */
export interface PackedPackage {
  readonly tarball: string;
  /** The directory of the project. */
  readonly directory: string;
  /** The packages that came with it, itself included, by name, without those that the project had before. */
  readonly installed: readonly string[];
  /** The size on disk of all that came with it, in megabytes. */
  readonly megabytes: number;
  /** The paths in the tarball, below `package/`. */
  files(): Promise<string[]>;
  /** Adds packages beside it, in the versions that this project is tested with. */
  addBeside(names: readonly string[]): Promise<void>;
  /** Everything that a command prints in the project, also when the command fails. */
  outputOf(command: string, ...args: string[]): Promise<string>;
  /** What a program in the project prints as JSON. */
  resultOf(file: string, ...args: string[]): Promise<unknown>;
  /** The errors of the strict compiler in a file, without those in declarations of other packages. */
  typeErrors(file: string, module: string, resolution: string): Promise<string[]>;
  publint(): Promise<string>;
  attw(): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Packs the package in `folder` and installs it.
 * @param consumers a folder with programs that use the package, which is copied into the project
 * @param beside what the project has installed before, in the versions that this project is tested with
 */
export async function installPacked(
  folder: string,
  consumers?: string,
  beside: readonly string[] = [],
): Promise<PackedPackage> {
  const directory = await temporaryDirectory();
  const inProject = { cwd: directory.path };
  // Without the build before it, which would replace what other tests run on.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', directory.path];
  const { stdout } = await run('npm', pack, { cwd: folder });
  const [packed] = JSON.parse(stdout) as [{ filename: string }];
  const tarball = join(directory.path, packed.filename);
  if (consumers !== undefined) await cp(consumers, directory.path, { recursive: true });
  const outputOf = async (command: string, ...args: string[]) => {
    const output = await run(command, args, inProject).catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    );
    return output.stdout + output.stderr;
  };
  const measure = async () => {
    const listed = await outputOf('npm', 'ls', '--all', '--parseable');
    const kilobytes = Number.parseInt(await outputOf('du', '-sk', '.'));
    return {
      paths: listed.split('\n').filter((path) => path.includes('/node_modules/')),
      megabytes: kilobytes / 1024,
    };
  };
  await run('npm', ['init', '--yes'], inProject);
  const before = await Promise.all(beside.map(testedVersion));
  if (before.length > 0) await run('npm', ['install', ...QUICKLY, ...before], inProject);
  const own = await measure();
  await run('npm', ['install', ...QUICKLY, tarball], inProject);
  const all = await measure();
  return {
    tarball,
    directory: directory.path,
    installed: all.paths
      .filter((path) => !own.paths.includes(path))
      .map((path) => path.slice(path.lastIndexOf('/node_modules/') + 14)),
    megabytes: all.megabytes - own.megabytes,
    async files() {
      const paths = (await outputOf('tar', '-tzf', tarball)).trim().split('\n');
      return paths.map((path) => path.replace(/^package\//, ''));
    },
    async addBeside(names) {
      const versions = await Promise.all(names.map(testedVersion));
      await run('npm', ['install', ...QUICKLY, ...versions], inProject);
    },
    outputOf,
    async resultOf(file, ...args) {
      return JSON.parse(await outputOf(process.execPath, file, ...args)) as unknown;
    },
    async typeErrors(file, module, resolution) {
      const options = ['--strict', '--noEmit', '--target', 'es2023', '--ignoreDeprecations', '6.0'];
      const resolved = ['--module', module, '--moduleResolution', resolution];
      const tsc = [bin('tsc'), ...options, ...resolved, '--types', 'node', file];
      const lines = (await outputOf(process.execPath, ...tsc)).split('\n').filter(Boolean);
      // type-graphql's own declarations ask for class-validator, which it does not need.
      return lines.filter((line) => !line.startsWith('node_modules/type-graphql/'));
    },
    publint: () => outputOf(bin('publint'), '--strict', tarball),
    attw: () => outputOf(bin('attw'), tarball),
    remove: () => directory.remove(),
  };
}

async function testedVersion(name: string): Promise<string> {
  const { devDependencies, dependencies } = await manifest();
  return `${name}@${devDependencies[name] ?? dependencies[name] ?? ''}`;
}

/** The manifest of the package in `folder`. */
export async function manifest(folder = '.') {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies' | 'peerDependencies' | 'scripts',
    Record<string, string>
  > & { readonly version: string };
}

/** The module systems and resolutions that applications compile with. */
export const MODULE_SETTINGS = [
  ['types.mts', 'nodenext', 'nodenext'],
  ['types.cts', 'node16', 'node16'],
  ['types.cts', 'commonjs', 'node10'],
] as const;
