import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreInUseError } from '../../src/stores/open-store.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import { temporaryDirectory } from '../harness/stores.js';

describe('the directory of the embedded store', () => {
  it.each(['sessions', 'app.example.com', '.sessions', 'v1.0/data.mdb'])(
    'creates the database files of the embedded store inside a directory named %s',
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

  it('refuses to open the directory of an embedded store twice in a process, under any path', async () => {
    const { path: directory, remove } = await temporaryDirectory();
    const link = join(directory, 'link');
    await symlink(directory, link);
    const store = openEmbeddedStore({ directory });
    for (const same of [directory, `${directory}/.`, link]) {
      expect(() => openEmbeddedStore({ directory: same })).toThrow(StoreInUseError);
      expect(() => openEmbeddedStore({ directory: same })).toThrow('Open it once and share it');
    }
    await store.ping();
    await store.close();
    await openEmbeddedStore({ directory }).close();
    await remove();
  });
});
