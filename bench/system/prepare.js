import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${folder}node_modules/.installed-lock`;

/** Installs what the benchmarks need and the project does not: the peers, and the programs of the system. */
export async function prepare() {
  await installPeers();
  await ensureProgram('wrk', 'wrk');
  await ensureProgram('redis-server', 'redis-server');
  await ensureProgram('redis-benchmark', 'redis-tools');
}

async function installPeers() {
  const lock = await readFile(`${folder}package-lock.json`, 'utf8');
  if ((await readFile(stamp, 'utf8').catch(() => undefined)) === lock) return;
  console.error('Installing the peers …');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  await writeFile(stamp, lock);
}

/** @throws Error where the program is missing and the system's packages cannot be installed */
async function ensureProgram(program, debianPackage) {
  if (await isPresent(program)) return;
  const elevate = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [command, ...args] = [...elevate, 'env', 'DEBIAN_FRONTEND=noninteractive'];
  console.error(`Installing ${debianPackage} …`);
  try {
    await run(command, [...args, 'apt-get', 'update']);
    await run(command, [
      ...args,
      'apt-get',
      'install',
      '-y',
      '--no-install-recommends',
      debianPackage,
    ]);
  } catch (cause) {
    throw new Error(
      `The benchmarks need ${program}: apt-get install ${debianPackage}, or brew install ${program}.`,
      { cause },
    );
  }
}

async function isPresent(program) {
  return run('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  );
}
