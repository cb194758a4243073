// Fails where a generated file is not what its sources make now. It leaves the fresh ones in place.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folders = ['schema', 'src/stores/redis/generated', 'test/generated'];

const contents = () =>
  new Map(
    folders
      .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
      .map((path) => [path, readFileSync(path, 'utf8')]),
  );

const before = contents();
execFileSync('npm', ['run', '--silent', 'generate'], { stdio: ['ignore', 'ignore', 'inherit'] });
const after = contents();
const stale = [...after].filter(([path, content]) => before.get(path) !== content);
for (const [path] of stale) console.error(`${path} was stale; it is up to date now: commit it.`);
if (stale.length > 0) process.exitCode = 1;
