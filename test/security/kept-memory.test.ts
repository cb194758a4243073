import { createHash } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { embedWalletSessions } from '../harness/application.js';
import { heap } from '../harness/heap.js';
import { NO_LIMITS, startTestService, type TestService } from '../harness/service.js';
import { aWallet } from '../harness/wallet.js';

const KILOBYTE = 1000;
const MEGABYTE = 1000 * KILOBYTE;
const LONG = 90 * KILOBYTE;

describe('what anybody can make the service keep', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', { ...NO_LIMITS, LOG_LEVEL: 'silent' });
  });
  afterAll(() => service.stop());

  async function ask(body: object): Promise<void> {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  }

  /** Of few tokens, and no document like another. */
  const aDocument = (number: number) => `{ __typename } # ${number}${' '.repeat(LONG)}`;

  async function growthBy(count: number, each: (number: number) => Promise<void>) {
    for (let number = 0; number < 10; number += 1) await each(number);
    const before = await heap();
    for (let number = 10; number < 10 + count; number += 1) await each(number);
    return (await heap()) - before;
  }

  it('is not all documents that it was ever sent, however long they are', async () => {
    const growth = await growthBy(200, (number) => ask({ query: aDocument(number) }));
    expect(growth).toBeLessThan(5 * MEGABYTE);
  });

  it('nor all that were registered and asked for by their hashes', async () => {
    const growth = await growthBy(200, async (number) => {
      const query = aDocument(1000 + number);
      const sha256Hash = createHash('sha256').update(query).digest('hex');
      const extensions = { persistedQuery: { version: 1, sha256Hash } };
      await ask({ query, extensions });
      await ask({ extensions });
    });
    expect(growth).toBeLessThan(5 * MEGABYTE);
  });
});

describe('a validated session in memory', () => {
  it('keeps nothing of the header that its token came in', async () => {
    const walletSessions = await embedWalletSessions('embedded');
    const validate = async (count: number) => {
      for (let number = 0; number < count; number += 1) {
        const wallet = aWallet().address;
        const { accessToken } = await walletSessions.sessions.create({ wallet, chainId: 1 }, {});
        const request = new IncomingMessage(new Socket());
        // As it comes from the parser, in one piece.
        const header = Buffer.from(`Bearer ${' '.repeat(10 * KILOBYTE)}${accessToken}`);
        request.headers.authorization = header.toString('latin1');
        expect(await walletSessions.validateRequest(request)).toBeDefined();
      }
    };
    await validate(10);
    const before = await heap();
    await validate(100);
    expect(((await heap()) - before) / 100).toBeLessThan(8 * KILOBYTE);
    await walletSessions.close();
  });
});
