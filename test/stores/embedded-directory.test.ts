import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import { temporaryDirectory } from '../harness/stores.js';

describe('the directory of the embedded store', () => {
  it.each(['sessions', 'app.example.com', '.sessions', 'v1.0/data.mdb'])(
    'may be called %s: the files are in it',
    async (name) => {
      const parent = await temporaryDirectory();
      const directory = join(parent.path, name);
      const store = openEmbeddedStore({ directory });
      await store.ping();
      await store.close();
      expect(await readdir(directory)).toContain('data.mdb');
      await parent.remove();
    },
  );
});
