import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { pinned } from './cores.js';

const root = new URL('../../', import.meta.url);

/** Where and with what the figures were made. */
export function describeMachine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    pinned,
  };
}

export function describeVersions() {
  return {
    'wallet-sessions': revision(),
    node: process.version,
    'redis-server': versionOf('redis-server', ['--version'], /v=(\S+)/),
    wrk: versionOf('sh', ['-c', 'wrk -v || true'], /wrk (\S+)/),
    service: installedVersions(root),
    peers: installedVersions(new URL('bench/', root)),
  };
}

/** The commit that last changed what is measured or how, marked where the working tree differs from it. */
export function revision() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  // Results are written while parts run.
  const measured = ['--', 'src', 'package-lock.json', 'bench', ':!bench/results'];
  try {
    const changed = git('status', '--porcelain', ...measured) !== '';
    return git('log', '-1', '--format=%h', ...measured) + (changed ? '+changes' : '');
  } catch {
    return readPackage(root).version;
  }
}

/** The packages that one names, as they are installed beside it: its range may allow others. */
function installedVersions(folder) {
  const { dependencies, peerDependencies } = readPackage(folder);
  const names = Object.keys({ ...dependencies, ...peerDependencies }).sort();
  return Object.fromEntries(
    names.map((name) => [name, readPackage(new URL(`node_modules/${name}/`, folder)).version]),
  );
}

function readPackage(folder) {
  return JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
}

function versionOf(command, args, pattern) {
  const output = execFileSync(command, args, { encoding: 'utf8' });
  return pattern.exec(output)?.[1] ?? 'unknown';
}
