import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** Optional packages of the library that the service does not need. */
const NOT_NEEDED: ReadonlySet<string> = new Set(['express', 'secp256k1']);

/** A package that is not installed, and the command that installs it. */
export interface MissingPackage {
  readonly name: string;
  readonly remedy: string;
}

/** Returns the packages that the service needs and that are not installed. */
export function missingPackages(): MissingPackage[] {
  const file = new URL('../../package.json', import.meta.url);
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(file, 'utf8')) as Record<
    'dependencies' | 'peerDependencies',
    Record<string, string>
  >;
  return Object.entries({ ...dependencies, ...peerDependencies })
    .filter(([name]) => !NOT_NEEDED.has(name) && !isInstalled(name))
    .map(([name, version]) => ({ name, remedy: `npm install "${name}@${version}"` }));
}

function isInstalled(name: string): boolean {
  const folders = require.resolve.paths(name) ?? [];
  return folders.some((folder) => existsSync(join(folder, name, 'package.json')));
}

/** Explains an error of an import in one line, if a package is missing. */
export function explainMissingPackage(error: unknown): string | undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const missing = missingPackages();
  if (missing.length === 0) return undefined;
  const names = missing.map(({ name }) => name).join(', ');
  const remedies = missing.map(({ remedy }) => remedy).join('; ');
  return `The package ${names} is not installed, and the service needs it. Run: ${remedies}`;
}
