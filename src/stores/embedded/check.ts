import { access, constants, mkdir } from 'node:fs/promises';
import { ok, problem, type CheckResult } from '../../check-result.js';
import { StoreInUseError } from '../open-store.js';
import { openEmbeddedStore } from './open.js';

/** Checks that the embedded store can be opened in the directory, by opening it. */
export async function checkEmbedded(directory: string): Promise<CheckResult[]> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK);
  } catch (error) {
    return [
      problem(
        'directory',
        `${directory} is not writable (${(error as NodeJS.ErrnoException).code ?? ''}): the store cannot be opened.`,
        'Make it writable for the user of the service, or set another DATA_DIRECTORY.',
      ),
    ];
  }
  try {
    const store = openEmbeddedStore({ directory });
    const caveats = await store.caveats();
    await store.close();
    return [ok('directory', `${directory} is writable.`), ok('store', caveats.join(' '))];
  } catch (error) {
    if (!(error instanceof StoreInUseError)) {
      return [
        problem(
          'directory',
          `The store in ${directory} cannot be opened: ${(error as Error).message}.`,
          'Make room on the disk, and check that it is mounted for writing.',
        ),
      ];
    }
    return [
      ok('directory', `${directory} is writable.`),
      ok('store', `${error.message} This is expected if that process is the service.`),
    ];
  }
}
