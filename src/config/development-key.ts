import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretKey } from '../sessions/key-ring.js';

const FILE = 'development.key';

/**
 * The key for a service that was started without any: made once and kept in the data directory, so
 * that sessions outlive a restart. Instances that start at once with one directory get the same key.
 * @throws Error of `node:fs` where the directory cannot be written
 */
export async function developmentKey(directory: string): Promise<SecretKey> {
  const path = join(directory, FILE);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, randomBytes(32).toString('base64'), { mode: 0o600 });
  // A link is made whole or not at all, and never over one that is there.
  await link(draft, path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return readKey(path);
}

/**
 * The key that a service has made there; `undefined` where none has.
 * @throws Error of `node:fs` where it cannot be read
 */
export async function existingDevelopmentKey(directory: string): Promise<SecretKey | undefined> {
  try {
    return await readKey(join(directory, FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readKey(path: string): Promise<SecretKey> {
  return { id: 'development', secret: Buffer.from(await readFile(path, 'utf8'), 'base64') };
}
