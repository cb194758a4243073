import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretKey } from '../sessions/key-ring.js';

const FILE = 'development.key';

/**
 * The key of a service that was started without SESSION_KEYS. It is generated once and stored in the data directory, so
 * that sessions survive a restart. Instances that start concurrently with the same directory get the same key.
 * @throws Error from `node:fs` if the directory cannot be written
 */
export async function developmentKey(directory: string): Promise<SecretKey> {
  const path = join(directory, FILE);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, randomBytes(32).toString('base64'), { mode: 0o600 });
  // Linking is atomic and never replaces an existing file.
  await link(draft, path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return readKey(path);
}

/**
 * The key that a service has stored there, or `undefined`.
 * @throws Error from `node:fs` if the file cannot be read
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
