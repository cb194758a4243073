import { execFile } from 'node:child_process';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateSignInChallengeDocument } from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { runServiceProcess, startServiceProcess } from '../harness/service-process.js';
import { startTestService } from '../harness/service.js';
import { temporaryDirectory } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const run = promisify(execFile);

/** Without a handler, the signal for a write beyond the limit would end the process. */
const WITHSTAND_LIMITS = {
  NODE_OPTIONS: "--import=data:text/javascript,process.on('SIGXFSZ',()=>{})",
};

/**
 * Limits the size of the files of a process, as a full disk does: writes beyond it fail, with EFBIG in place of ENOSPC.
 * Unlike a disk, it can be filled and emptied by any user.
 */
const limitFiles = (pid: number, limit: string) =>
  run('prlimit', ['--pid', String(pid), `--fsize=${limit}:unlimited`]);

describe('the embedded store on a full disk', () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function aDirectory(): Promise<string> {
    const directory = await temporaryDirectory();
    cleanUps.push(() => directory.remove());
    return directory.path;
  }

  it('refuses changes with SERVICE_UNAVAILABLE on a full disk, keeps running, and recovers when there is space', async () => {
    const data = await aDirectory();
    const service = await startServiceProcess({ ...WITHSTAND_LIMITS, DATA_DIRECTORY: data });
    cleanUps.push(() => service.stop('SIGKILL'));
    const ready = async () => (await fetch(new URL('/readyz', service.url))).status;
    const client = apiClient(service.url);
    const { accessToken } = await signIn(service.url, aWallet());
    expect(await ready()).toBe(200);

    await limitFiles(service.pid, String((await stat(join(data, 'store/data.mdb'))).size));
    await eventually(async () => {
      // Until then, the tables have pages left that earlier changes freed.
      expect(await refusalOf(client, CreateSignInChallengeDocument, {})).toBe(
        'SERVICE_UNAVAILABLE',
      );
    });
    expect(await ready()).toBe(503);
    expect(service.output()).toMatch(/File too large/);
    const me = await fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ query: '{ session { id } }' }),
    });
    expect(await me.json()).toMatchObject({
      data: { session: { id: expect.any(String) as string } },
    });

    await limitFiles(service.pid, 'unlimited');
    expect(await ready()).toBe(200);
    await signIn(service.url, aWallet());
    expect(await service.stop()).toEqual({ code: 0, signal: null });
  });

  it('refuses to start on a full disk, logs the cause, and starts when there is space', async () => {
    const data = await aDirectory();
    const full = await runServiceProcess(
      { ...WITHSTAND_LIMITS, DATA_DIRECTORY: data },
      { fileBlocks: 64 },
    );
    expect(full.exit).toEqual({ code: 1, signal: null });
    expect(full.stdout).toMatch(/EFBIG: file too large/);
    const service = await startServiceProcess({ DATA_DIRECTORY: data });
    expect(await service.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('a data directory that is removed while the service runs', () => {
  it('answers SERVICE_UNAVAILABLE to every change while the data directory is removed, and recovers when it is back', async () => {
    const directory = await temporaryDirectory();
    const service = await startTestService('embedded', { DATA_DIRECTORY: directory.path });
    const [store, aside] = [join(directory.path, 'store'), join(directory.path, 'aside')];
    const ready = async () => (await fetch(new URL('/readyz', service.url))).status;
    const challenge = () => refusalOf(apiClient(service.url), CreateSignInChallengeDocument, {});
    await rename(store, aside);
    expect(await challenge()).toBe('SERVICE_UNAVAILABLE');
    expect(await ready()).toBe(503);
    await mkdir(store);
    await writeFile(join(store, 'data.mdb'), '');
    expect(await challenge()).toBe('SERVICE_UNAVAILABLE');
    await rename(store, join(directory.path, 'another'));
    await rename(aside, store);
    expect(await ready()).toBe(200);
    await signIn(service.url, aWallet());
    await service.stop();
    await directory.remove();
  });
});
