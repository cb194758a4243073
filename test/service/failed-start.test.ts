import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../harness/free-port.js';
import { startTestService } from '../harness/service.js';
import { temporaryDirectory } from '../harness/stores.js';

describe('a service that could not start', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let ports: { PORT: string; METRICS_PORT: string };
  let data: { DATA_DIRECTORY: string };

  beforeEach(async () => {
    directory = await temporaryDirectory();
    const [port, metricsPort] = [await freePort(), await freePort()];
    ports = { PORT: String(port), METRICS_PORT: String(metricsPort) };
    data = { DATA_DIRECTORY: directory.path };
  });
  afterEach(() => directory.remove());

  /** Starts another service with the same ports and store, which works only if they are free again. */
  async function startAnother(): Promise<void> {
    const service = await startTestService('embedded', { ...ports, ...data });
    await service.stop();
  }

  async function aFile(): Promise<string> {
    const file = join(directory.path, 'file');
    await writeFile(file, '');
    return file;
  }

  it.each<[string, RegExp, () => Promise<Record<string, string>>]>([
    [
      'the trusted documents cannot be read',
      /ENOENT/,
      () => Promise.resolve({ TRUSTED_DOCUMENTS: join(directory.path, 'nothing.json') }),
    ],
    [
      'the module that describes places cannot be loaded',
      /PLACE_MODULE .* cannot be loaded/,
      () => Promise.resolve({ PLACE_MODULE: join(directory.path, 'nothing.mjs') }),
    ],
    [
      'the directory of the store is a file',
      /ENOTDIR|EEXIST/,
      async () => ({ DATA_DIRECTORY: await aFile() }),
    ],
    [
      'the certificate authority for Redis cannot be read',
      /ENOENT/,
      () =>
        Promise.resolve({
          REDIS_URL: 'rediss://127.0.0.1:1',
          REDIS_TLS_CA_FILE: join(directory.path, 'nothing.crt'),
        }),
    ],
  ])(
    'frees ports and files when the service cannot start because %s',
    async (_why, reason, fault) => {
      const starting = startTestService('embedded', { ...ports, ...data, ...(await fault()) });
      await expect(starting).rejects.toThrow(reason);
      await startAnother();
    },
  );

  it('frees ports and files when the service cannot start because its port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const starting = startTestService('embedded', { ...ports, ...data, PORT: String(port) });
    await expect(starting).rejects.toThrow(/EADDRINUSE/);
    taken.close();
    await startAnother();
  });
});
