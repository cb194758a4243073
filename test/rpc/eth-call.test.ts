import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEthCall } from '../../src/rpc/eth-call.js';
import { startChain, type Misbehaviour, type TestChain } from '../harness/chain.js';

const MAGIC = `0x1626ba7e${'0'.repeat(56)}`;
const CALL = { to: `0x${'12'.repeat(20)}`, data: '0x' } as const;

describe('calling a contract by an RPC that is not to be trusted', () => {
  let chain: TestChain;
  beforeAll(async () => {
    chain = await startChain();
  });
  afterEach(() => {
    chain.misbehave(undefined);
  });
  afterAll(() => chain.close());

  const ethCall = (options: { chainId?: number; url?: string; timeout?: number } = {}) =>
    createEthCall({ chainId: 1, url: chain.url, timeout: 30_000, ...options });

  /** Answers `eth_call` as told, whatever was asked before it. */
  const onCall =
    (how: Misbehaviour): Misbehaviour =>
    (request, response) => {
      if (request.method === 'eth_call') how(request, response);
      else reply(response, { jsonrpc: '2.0', id: request.id, result: '0x1' });
    };

  it('gives what the contract returned', async () => {
    expect(await ethCall()({ ...CALL, to: `0x${'0'.repeat(39)}4`, data: '0xabcd' })).toBe('0xabcd');
    expect(await ethCall()(CALL)).toBe('0x');
  });

  it('takes an error of null for none', async () => {
    chain.misbehave(
      onCall(({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: MAGIC, error: null });
      }),
    );
    expect(await ethCall()(CALL)).toBe(MAGIC);
  });

  it.each([
    ['go-ethereum', { code: 3, message: 'execution reverted: no', data: '0x08c379a0' }],
    ['older nodes', { code: -32000, message: 'VM Exception: revert' }],
    ['Nethermind', { code: -32015, message: 'VM execution error.' }],
  ])('gives nothing where the contract reverts, in the words of %s', async (_who, error) => {
    chain.misbehave(
      onCall(({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, error });
      }),
    );
    expect(await ethCall()(CALL)).toBeUndefined();
  });

  const FAULTS: [string, Misbehaviour][] = [
    ['closes the connection', (_request, response) => response.destroy()],
    ['answers with nothing', (_request, response) => response.end()],
    ['answers with HTML', (_request, response) => response.end('<html>')],
    [
      'answers with JSON that is null',
      (_request, response) => {
        reply(response, null);
      },
    ],
    [
      'answers with a list',
      ({ id }, response) => {
        reply(response, [{ jsonrpc: '2.0', id, result: MAGIC }]);
      },
    ],
    [
      'answers another request',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id: id + 1, result: MAGIC });
      },
    ],
    [
      'answers with no version of JSON-RPC',
      ({ id }, response) => {
        reply(response, { id, result: MAGIC });
      },
    ],
    [
      'answers with both result and error',
      ({ id }, response) => {
        reply(response, {
          jsonrpc: '2.0',
          id,
          result: MAGIC,
          error: { code: -32603, message: 'internal' },
        });
      },
    ],
    [
      'answers with an error that is none',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: MAGIC, error: 'no' });
      },
    ],
    [
      'answers with neither',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id });
      },
    ],
    [
      'answers with a number',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: 1 });
      },
    ],
    [
      'answers with an object',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: { toString: MAGIC } });
      },
    ],
    [
      'answers with half a byte',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: '0x1' });
      },
    ],
    [
      'says that it knows no such method',
      ({ id }, response) => {
        reply(response, {
          jsonrpc: '2.0',
          id,
          error: { code: -32601, message: 'Method not found' },
        });
      },
    ],
    [
      'says that it was asked too often',
      ({ id }, response) => {
        response.statusCode = 429;
        reply(response, { jsonrpc: '2.0', id, error: { code: -32005, message: 'limit exceeded' } });
      },
    ],
    [
      'says yes with the status of an error',
      ({ id }, response) => {
        response.statusCode = 500;
        reply(response, { jsonrpc: '2.0', id, result: MAGIC });
      },
    ],
    [
      'answers with more than a call returns',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: `0x${'00'.repeat(100_000)}` });
      },
    ],
    [
      'sends the request elsewhere',
      (_request, response) => {
        response.writeHead(307, { location: chain.url.replace(/\/key.*/, '/elsewhere') }).end();
      },
    ],
  ];

  it.each(FAULTS)('cannot say anything where it %s', async (_what, misbehaviour) => {
    chain.misbehave(onCall(misbehaviour));
    await expect(ethCall()(CALL)).rejects.toMatchObject({
      code: 'WALLET_VERIFICATION_UNAVAILABLE',
    });
  });

  it('cannot say anything where nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    await expect(ethCall({ url: `http://127.0.0.1:${port}` })(CALL)).rejects.toMatchObject({
      code: 'WALLET_VERIFICATION_UNAVAILABLE',
    });
  });

  it.each<[string, Misbehaviour]>([
    ['at all', () => {}],
    [
      'to the end',
      ({ id }, response) => {
        response.write(`{ "jsonrpc": "2.0", "id": ${id}, "result": "0x`);
      },
    ],
  ])('gives up at its time limit where there is no answer %s', async (_what, misbehaviour) => {
    chain.misbehave(onCall(misbehaviour));
    await expect(ethCall({ timeout: 100 })(CALL)).rejects.toMatchObject({
      code: 'WALLET_VERIFICATION_UNAVAILABLE',
      cause: { cause: { name: 'TimeoutError' } },
    });
  });

  it('believes nothing that an RPC on another chain says, and asks again the next time', async () => {
    const call = ethCall({ chainId: 10 });
    for (let round = 0; round < 2; round += 1) {
      await expect(call(CALL)).rejects.toMatchObject({ code: 'WALLET_VERIFICATION_UNAVAILABLE' });
    }
    chain.misbehave(({ id, method }, response) => {
      const result = method === 'eth_chainId' ? '0xa' : MAGIC;
      reply(response, { jsonrpc: '2.0', id, result });
    });
    expect(await call(CALL)).toBe(MAGIC);
  });

  it('asks for the chain once', async () => {
    const call = ethCall();
    await call(CALL);
    const asked = chain.requests.length;
    await call(CALL);
    expect(chain.requests.slice(asked).map(({ method }) => method)).toEqual(['eth_call']);
  });

  it('has at most 32 calls under way, and takes more when they are done', async () => {
    const waiting: (() => void)[] = [];
    let everyCallArrived = () => {};
    const arrived = new Promise<void>((resolve) => (everyCallArrived = resolve));
    chain.misbehave(
      onCall(({ id }, response) => {
        waiting.push(() => {
          reply(response, { jsonrpc: '2.0', id, result: MAGIC });
        });
        if (waiting.length === 32) everyCallArrived();
      }),
    );
    const call = ethCall();
    const calls = Array.from({ length: 32 }, () => call(CALL));
    await expect(call(CALL)).rejects.toMatchObject({ code: 'WALLET_VERIFICATION_UNAVAILABLE' });
    await arrived;
    for (const answer of waiting) answer();
    expect(await Promise.all(calls)).toEqual(Array(32).fill(MAGIC));
    chain.misbehave(undefined);
    expect(await call(CALL)).toBe('0x');
  });

  it('is from another account each time, never from the zero address that some wallets trust', async () => {
    const asked = chain.requests.length;
    const call = ethCall();
    await call(CALL);
    await call(CALL);
    const senders = chain.requests
      .slice(asked)
      .filter(({ method }) => method === 'eth_call')
      .map(({ params }) => (params[0] as { from: string }).from);
    expect(new Set(senders).size).toBe(2);
    for (const sender of senders) expect(sender).toMatch(/^0x(?!0{40})[0-9a-f]{40}$/);
  });

  it('keeps the URL, which may hold a key, out of its errors', async () => {
    for (const [, misbehaviour] of FAULTS) {
      chain.misbehave(onCall(misbehaviour));
      const error: unknown = await ethCall()(CALL).catch((reason: unknown) => reason);
      expect(everythingIn(error)).not.toContain('key-of-the-rpc');
    }
  });
});

function reply(response: ServerResponse, body: unknown): void {
  response.end(JSON.stringify(body));
}

/** The messages and stacks of an error and of what caused it. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.message, error.stack, everythingIn(error.cause)].join('\n');
}
