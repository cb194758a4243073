import { access, constants, mkdir } from 'node:fs/promises';
import { ok, problem, type CheckResult } from '../../check-result.js';
import { StoreInUseError } from '../open-store.js';
import { openEmbeddedStore } from './open.js';

/** Whether the embedded store can be had in that directory, by opening it. */
export async function examineEmbedded(directory: string): Promise<CheckResult[]> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK);
  } catch (error) {
    return [
      problem(
        'directory',
        `${directory} cannot be written (${(error as NodeJS.ErrnoException).code ?? ''}): nothing can be kept.`,
        'Give the user of the service the right to write there, or name another DATA_DIRECTORY.',
      ),
    ];
  }
  try {
    const store = openEmbeddedStore({ directory });
    const caveats = await store.caveats();
    await store.close();
    return [ok('directory', `${directory} can be written.`), ok('store', caveats.join(' '))];
  } catch (error) {
    if (!(error instanceof StoreInUseError)) throw error;
    return [
      ok('directory', `${directory} can be written.`),
      ok('store', `${error.message} That is well if it is the service.`),
    ];
  }
}
