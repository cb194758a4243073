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
    const documents = await readTrustedDocuments(await aFile('{"abc":"{ session { id } }"}'));
    expect(documents.textOf('abc')).toBe('{ session { id } }');
  });

  it.each([
    ['a list', '["{ session { id } }"]'],
    ['documents that are not strings', '{"abc":1}'],
    ['a string', '"{ session { id } }"'],
    ['null', 'null'],
    ['invalid JSON', 'abc'],
  ])('rejects a trusted documents file that contains %s', async (_what, content) => {
    await expect(readTrustedDocuments(await aFile(content))).rejects.toThrow(ConfigurationError);
  });

  async function aFile(content: string): Promise<string> {
    const path = join(directory.path, 'persisted-documents.json');
    await writeFile(path, content);
    return path;
  }
});
