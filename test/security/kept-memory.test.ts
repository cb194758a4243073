import { createHash } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { embedWalletSessions } from '../harness/application.js';
import { growthPerRound } from '../harness/heap.js';
import { NO_LIMITS, startTestService, type TestService } from '../harness/service.js';
import { aWallet } from '../harness/wallet.js';

const KILOBYTE = 1000;
const MEGABYTE = 1000 * KILOBYTE;
const LONG = 90 * KILOBYTE;
/** The documents of a round are more than three times as long. */
const BOUND = 5 * MEGABYTE;

describe('the memory of documents', () => {
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

  /** A long document of few tokens, different for each number. */
  const aDocument = (number: number) => `{ __typename } # ${number}${' '.repeat(LONG)}`;

  async function growthBy(count: number, each: (number: number) => Promise<void>) {
    let number = 0;
    const send = async (times: number) => {
      for (let time = 0; time < times; time += 1) await each((number += 1));
    };
    await send(10);
    return growthPerRound(BOUND, () => send(count));
  }

  it('does not keep all documents in memory, however long they are', async () => {
    const growth = await growthBy(200, (number) => ask({ query: aDocument(number) }));
    expect(growth).toBeLessThan(BOUND);
  });

  it('does not keep all registered documents in memory that were requested by their hashes', async () => {
    const growth = await growthBy(200, async (number) => {
      const query = aDocument(10_000 + number);
      const sha256Hash = createHash('sha256').update(query).digest('hex');
      const extensions = { persistedQuery: { version: 1, sha256Hash } };
      await ask({ query, extensions });
      await ask({ extensions });
    });
    expect(growth).toBeLessThan(BOUND);
  });
});

describe('the memory of a validated session', () => {
  it('does not keep the authorization header of a validated session in memory', async () => {
    const walletSessions = await embedWalletSessions('embedded');
    const validate = async (count: number) => {
      for (let number = 0; number < count; number += 1) {
        const wallet = aWallet().account;
        const { accessToken } = await walletSessions.sessions.create(
          { wallet, chainId: 'eip155:1' },
          {},
        );
        const request = new IncomingMessage(new Socket());
        // One string, as the parser creates it.
        const header = Buffer.from(`Bearer ${' '.repeat(10 * KILOBYTE)}${accessToken}`);
        request.headers.authorization = header.toString('latin1');
        expect(await walletSessions.validateRequest(request)).toBeDefined();
      }
    };
    await validate(10);
    const bound = 100 * 8 * KILOBYTE;
    expect(await growthPerRound(bound, () => validate(100))).toBeLessThan(bound);
    await walletSessions.close();
  });
});
