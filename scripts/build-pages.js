// Builds the pages that the service shows browsers, unless what they are made of is as it was.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const STAMP = 'dist/pages/.made-from';

const stamp = fingerprint(
  ['pages', 'client/src'],
  ['package-lock.json', 'src/visible-text.ts', 'src/accounts/base58.ts', 'src/accounts/solana.ts'],
);
if (contentOf(STAMP) !== stamp) {
  await build({ configFile: 'pages/vite.config.ts', logLevel: 'error' });
  writeFileSync(STAMP, stamp);
}

function fingerprint(folders, files) {
  const hash = createHash('sha256');
  const inFolders = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const file of [...inFolders, ...files].sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
