import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../../src/config/read.js';
import { readTrustedDocuments } from '../../src/config/trusted-documents.js';
import { temporaryDirectory } from '../harness/stores.js';

describe('a trusted documents file', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeAll(async () => {
    directory = await temporaryDirectory();
  });
  afterAll(() => directory.remove());

  it('reads trusted documents from a file by their hashes', async () => {
    const documents = await readTrustedDocuments([await aFile('{"abc":"{ session { id } }"}')]);
    expect(documents.textOf('abc')).toBe('{ session { id } }');
  });

  it('reads trusted documents from several files', async () => {
    const files = [
      await aFile('{"abc":"{ session { id } }"}'),
      await aFile('{"def":"{ session { wallet } }"}', 'other.json'),
    ];
    const documents = await readTrustedDocuments(files);
    expect(documents.textOf('abc')).toBe('{ session { id } }');
    expect(documents.textOf('def')).toBe('{ session { wallet } }');
  });

  it.each([
    ['a list', '["{ session { id } }"]'],
    ['documents that are not strings', '{"abc":1}'],
    ['a string', '"{ session { id } }"'],
    ['null', 'null'],
    ['invalid JSON', 'abc'],
  ])('rejects a trusted documents file that contains %s', async (_what, content) => {
    await expect(readTrustedDocuments([await aFile(content)])).rejects.toThrow(ConfigurationError);
  });

  async function aFile(content: string, name = 'persisted-documents.json'): Promise<string> {
    const path = join(directory.path, name);
    await writeFile(path, content);
    return path;
  }
});
