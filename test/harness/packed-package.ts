import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import MarkdownIt from 'markdown-it';
import ts from 'typescript';
import { temporaryDirectory } from './stores.js';

const run = promisify(execFile);
const bin = (name: string) => resolve('node_modules/.bin', name);

/** Where npm installs packages. */
const MODULES = 'node_modules/';

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
  /** The relative links of the Markdown files in it, as installed, and those whose file it lacks. */
  links(): Promise<{ pages: number; links: number; dead: string[] }>;
  /** Adds packages beside it: `name@version`, or a name for the version that this project is tested with. */
  addBeside(names: readonly string[]): Promise<void>;
  /** Everything that a command prints in the project, also when the command fails. */
  outputOf(command: string, ...args: string[]): Promise<string>;
  /** What a program in the project prints as JSON. */
  resultOf(file: string, ...args: string[]): Promise<unknown>;
  /** The errors of the strict compiler in a file and in the declarations of the package that it imports. */
  typeErrors(file: string, module: string, resolution: string): string[];
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
    const kilobytes = Number.parseInt(await outputOf('du', '-sk', '.'));
    return { paths: await installedPaths(directory.path), megabytes: kilobytes / 1024 };
  };
  await writeFile(
    join(directory.path, 'package.json'),
    '{ "name": "application", "version": "1.0.0" }',
  );
  const before = await Promise.all(beside.map(testedVersion));
  if (before.length > 0) await run('npm', ['install', ...QUICKLY, ...before], inProject);
  const own = await measure();
  await run('npm', ['install', ...QUICKLY, tarball], inProject);
  const all = await measure();
  const files = async () => {
    const paths = (await outputOf('tar', '-tzf', tarball)).trim().split('\n');
    return paths.map((path) => path.replace(/^package\//, ''));
  };
  return {
    tarball,
    directory: directory.path,
    installed: all.paths
      .filter((path) => !own.paths.includes(path))
      .map((path) => path.slice(path.lastIndexOf(MODULES) + MODULES.length)),
    megabytes: all.megabytes - own.megabytes,
    files,
    async links() {
      const { name } = await manifest(folder);
      const installed = join(directory.path, MODULES, name);
      const pages = (await files()).filter((path) => path.endsWith('.md'));
      const links = await Promise.all(pages.map((page) => relativeLinks(installed, page)));
      const dead = links.flat().filter(({ file }) => !existsSync(file));
      return {
        pages: pages.length,
        links: links.flat().length,
        dead: dead.map(({ page, link }) => `${page}: ${link}`),
      };
    },
    async addBeside(names) {
      const versions = await Promise.all(names.map(testedVersion));
      await run('npm', ['install', ...QUICKLY, ...versions], inProject);
    },
    outputOf,
    async resultOf(file, ...args) {
      return JSON.parse(await outputOf(process.execPath, file, ...args)) as unknown;
    },
    typeErrors: (file, module, moduleResolution) =>
      typeErrorsIn(directory.path, file, { module, moduleResolution }),
    publint: () => outputOf(bin('publint'), '--strict', tarball),
    attw: () => outputOf(bin('attw'), tarball),
    remove: () => directory.remove(),
  };
}

/** The paths of the installed packages in a project, as npm notes them. */
async function installedPaths(project: string): Promise<string[]> {
  const note = await readFile(join(project, MODULES, '.package-lock.json'), 'utf8').catch(
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{ "packages": {} }';
      throw error;
    },
  );
  return Object.keys((JSON.parse(note) as { packages: Record<string, unknown> }).packages);
}

/** Parsed files of TypeScript and of packages, by path and the module format that TypeScript reads them in. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** Whether a file belongs to the project or to the package under test. */
const isOurs = ({ fileName }: Pick<ts.SourceFile, 'fileName'>) =>
  !fileName.includes(`/${MODULES}`) || fileName.includes(`/${MODULES}wallet-sessions`);

/** Parses the files of other packages once for all settings, which takes most of the time of a check. */
function shareOtherPackages(host: ts.CompilerHost): void {
  const { getSourceFile } = host;
  host.getSourceFile = (path, options, ...rest) => {
    if (isOurs({ fileName: path })) return getSourceFile(path, options, ...rest);
    const format = typeof options === 'object' ? options.impliedNodeFormat : undefined;
    // The libraries of TypeScript import nothing, so they are the same in each format.
    const key = path.includes('/typescript/lib/lib.') ? path : `${format} ${path}`;
    if (!parsed.has(key)) parsed.set(key, getSourceFile(path, options, ...rest));
    return parsed.get(key);
  };
}

/** Leaves out the declarations of TypeScript and of other packages, which take most of the time. */
function typeErrorsIn(
  project: string,
  file: string,
  settings: Record<'module' | 'moduleResolution', string>,
): string[] {
  const { options, errors } = ts.convertCompilerOptionsFromJson(
    {
      strict: true,
      noEmit: true,
      target: 'es2023',
      ignoreDeprecations: '6.0',
      types: ['node'],
      ...settings,
    },
    project,
  );
  const host = ts.createCompilerHost(options);
  host.getCurrentDirectory = () => project;
  shareOtherPackages(host);
  const program = ts.createProgram([join(project, file)], options, host);
  const checked = program
    .getSourceFiles()
    .filter((source) => isOurs(source) && !program.isSourceFileDefaultLibrary(source));
  if (!checked.some(({ fileName }) => fileName.includes(`/${MODULES}wallet-sessions`))) {
    throw new Error(`${file} does not import the package.`);
  }
  const found = [
    ...errors,
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...checked.flatMap((source) => [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ]),
  ];
  return found.map((error) =>
    ts.formatDiagnostic(error, {
      getCurrentDirectory: () => project,
      getCanonicalFileName: (name) => name,
      getNewLine: () => '\n',
    }),
  );
}

async function relativeLinks(folder: string, page: string) {
  const tokens = new MarkdownIt().parse(await readFile(join(folder, page), 'utf8'), {});
  return tokens
    .flatMap(({ children }) => children ?? [])
    .map((child) => decodeURI(String(child.attrGet('href') ?? child.attrGet('src') ?? '')))
    .filter((link) => link !== '' && !/^(\w+:|#)/.test(link))
    .map((link) => ({ page, link, file: join(folder, dirname(page), link.replace(/#.*/, '')) }));
}

async function testedVersion(name: string): Promise<string> {
  if (name.lastIndexOf('@') > 0) return name;
  const { devDependencies, dependencies } = await manifest();
  return `${name}@${devDependencies[name] ?? dependencies[name] ?? ''}`;
}

/** The manifest of the package in `folder`. */
export async function manifest(folder = '.') {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies' | 'peerDependencies' | 'scripts',
    Record<string, string>
  > & { readonly name: string; readonly version: string };
}

/** The module systems and resolutions that applications compile with. */
export const MODULE_SETTINGS = [
  ['types.mts', 'nodenext', 'nodenext'],
  ['types.cts', 'node16', 'node16'],
  ['types.cts', 'commonjs', 'node10'],
] as const;
