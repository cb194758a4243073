import { Warning } from '../../src/errors.js';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChainId } from '../../src/accounts/account-id.js';
import { createEthCall } from '../../src/sign-in/ethereum/rpc/eth-call.js';
import type { ContractCall } from '../../src/sign-in/ethereum/contracts/verifier.js';
import { eventually } from '../harness/eventually.js';
import { startChain, type Misbehaviour, type TestChain } from '../harness/chain.js';

const MAGIC = `0x1626ba7e${'0'.repeat(56)}`;
const CALL = { to: `0x${'12'.repeat(20)}`, data: '0x' } as const;

describe('eth_call through an untrusted RPC endpoint', () => {
  let chain: TestChain;
  beforeAll(async () => {
    chain = await startChain();
  });
  afterEach(() => {
    chain.misbehave(undefined);
  });
  afterAll(() => chain.close());

  const ethCall = (options: { chainId?: ChainId; url?: string; timeout?: number } = {}) => {
    const call = createEthCall({
      chainId: 'eip155:1',
      url: chain.url,
      timeout: 30_000,
      ...options,
    });
    return (what: ContractCall, network = '192.0.2.1') => call(what, network);
  };

  /** Applies the misbehaviour to `eth_call` and answers every other method correctly. */
  const onCall =
    (how: Misbehaviour): Misbehaviour =>
    (request, response) => {
      if (request.method === 'eth_call') how(request, response);
      else reply(response, { jsonrpc: '2.0', id: request.id, result: '0x1' });
    };

  it('returns the result of a contract call', async () => {
    expect(await ethCall()({ ...CALL, to: `0x${'0'.repeat(39)}4`, data: '0xabcd' })).toBe('0xabcd');
    expect(await ethCall()(CALL)).toBe('0x');
  });

  it('treats a null error in a JSON-RPC answer as no error', async () => {
    chain.misbehave(
      onCall(({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: MAGIC, error: null });
      }),
    );
    expect(await ethCall()(CALL)).toBe(MAGIC);
  });

  const FAULTS: [string, Misbehaviour][] = [
    ['closes the connection', (_request, response) => response.destroy()],
    ['answers with an empty body', (_request, response) => response.end()],
    ['answers with HTML', (_request, response) => response.end('<html>')],
    [
      'answers with a JSON null',
      (_request, response) => {
        reply(response, null);
      },
    ],
    [
      'answers with a batch',
      ({ id }, response) => {
        reply(response, [{ jsonrpc: '2.0', id, result: MAGIC }]);
      },
    ],
    [
      'answers with the id of another request',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id: id + 1, result: MAGIC });
      },
    ],
    [
      'omits the JSON-RPC version',
      ({ id }, response) => {
        reply(response, { id, result: MAGIC });
      },
    ],
    [
      'answers with both a result and an error',
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
      'says that it has run out of time',
      ({ id }, response) => {
        const error = { code: -32000, message: 'execution aborted (timeout = 5s)' };
        reply(response, { jsonrpc: '2.0', id, error });
      },
    ],
    [
      'answers with an error that is not an object',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: MAGIC, error: 'no' });
      },
    ],
    [
      'answers with neither a result nor an error',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id });
      },
    ],
    [
      'returns a number',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: 1 });
      },
    ],
    [
      'returns an object',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: { toString: MAGIC } });
      },
    ],
    [
      'returns an odd number of hex digits',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: '0x1' });
      },
    ],
    [
      'does not support the method',
      ({ id }, response) => {
        reply(response, {
          jsonrpc: '2.0',
          id,
          error: { code: -32601, message: 'Method not found' },
        });
      },
    ],
    [
      'reports that its rate limit is exceeded',
      ({ id }, response) => {
        response.statusCode = 429;
        reply(response, { jsonrpc: '2.0', id, error: { code: -32005, message: 'limit exceeded' } });
      },
    ],
    [
      'returns a result with HTTP status 500',
      ({ id }, response) => {
        response.statusCode = 500;
        reply(response, { jsonrpc: '2.0', id, result: MAGIC });
      },
    ],
    [
      'returns more data than a call may return',
      ({ id }, response) => {
        reply(response, { jsonrpc: '2.0', id, result: `0x${'00'.repeat(100_000)}` });
      },
    ],
    [
      'redirects the request',
      (_request, response) => {
        response.writeHead(307, { location: chain.url.replace(/\/key.*/, '/elsewhere') }).end();
      },
    ],
  ];

  it.each(FAULTS)(
    'rejects with WALLET_VERIFICATION_UNAVAILABLE when the RPC endpoint %s',
    async (_what, misbehaviour) => {
      chain.misbehave(onCall(misbehaviour));
      await expect(ethCall()(CALL)).rejects.toMatchObject({
        code: 'WALLET_VERIFICATION_UNAVAILABLE',
      });
    },
  );

  it.each([400, 500])(
    'resolves to undefined when the RPC endpoint reports a revert with HTTP status %i',
    async (status) => {
      chain.misbehave(
        onCall(({ id }, response) => {
          response.statusCode = status;
          reply(response, {
            jsonrpc: '2.0',
            id,
            error: { code: 3, message: 'execution reverted' },
          });
        }),
      );
      expect(await ethCall()(CALL)).toBeUndefined();
    },
  );

  it('rejects with WALLET_VERIFICATION_UNAVAILABLE when nothing listens at the RPC URL', async () => {
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
    ['never answers', () => {}],
    [
      'never completes its answer',
      ({ id }, response) => {
        response.write(`{ "jsonrpc": "2.0", "id": ${id}, "result": "0x`);
      },
    ],
  ])('times out when the RPC endpoint %s', async (_what, misbehaviour) => {
    chain.misbehave(onCall(misbehaviour));
    await expect(ethCall({ timeout: 100 })(CALL)).rejects.toMatchObject({
      code: 'WALLET_VERIFICATION_UNAVAILABLE',
      cause: { cause: { name: 'TimeoutError' } },
    });
  });

  it('rejects the answers of an RPC endpoint on another chain and checks the chain again on the next call', async () => {
    const call = ethCall({ chainId: 'eip155:10' });
    for (let round = 0; round < 2; round += 1) {
      await expect(call(CALL)).rejects.toMatchObject({ code: 'WALLET_VERIFICATION_UNAVAILABLE' });
    }
    chain.misbehave(({ id, method }, response) => {
      const result = method === 'eth_chainId' ? '0xa' : MAGIC;
      reply(response, { jsonrpc: '2.0', id, result });
    });
    expect(await call(CALL)).toBe(MAGIC);
  });

  it('checks the chain id of an RPC endpoint once', async () => {
    const call = ethCall();
    await call(CALL);
    const asked = chain.requests.length;
    await call(CALL);
    expect(chain.requests.slice(asked).map(({ method }) => method)).toEqual(['eth_call']);
  });

  /** Holds every `eth_call` until it is answered. */
  function holdingCalls() {
    const held: {
      readonly params: readonly unknown[];
      answer: () => void;
      closed: () => boolean;
    }[] = [];
    let told = () => {};
    chain.misbehave(
      onCall(({ id, params }, response) => {
        const answer = () => {
          reply(response, { jsonrpc: '2.0', id, result: MAGIC });
        };
        held.push({ params, answer, closed: () => response.destroyed });
        told();
      }),
    );
    return {
      held,
      /** Resolves when `count` calls have arrived. */
      async arrived(count: number) {
        while (held.length < count) await new Promise<void>((resolve) => (told = resolve));
      },
    };
  }

  const callTo = (n: number): ContractCall => ({
    to: `0x${n.toString(16).padStart(40, '0')}`,
    data: '0x',
  });
  const deploymentOf = (n: number): ContractCall => ({
    data: `0x${n.toString(16).padStart(2, '0')}`,
  });

  it.each([
    ['20 calls of deployed wallets', callTo, 20],
    ['12 calls that deploy a wallet first', deploymentOf, 12],
  ])(
    'limits concurrent contract calls to %s and makes each of the others when one ends',
    async (_what, callOf, most) => {
      const { held, arrived } = holdingCalls();
      const call = ethCall();
      const calls = Array.from({ length: 40 }, (_, n) => call(callOf(n), `192.0.2.${n}`));
      await arrived(most);
      for (let answered = 0; answered < 40; answered += 1) {
        expect(held.length - answered).toBeLessThanOrEqual(most);
        await arrived(answered + 1);
        held[answered]?.answer();
        await calls[answered];
      }
      expect(await Promise.all(calls)).toEqual(Array(40).fill(MAGIC));
    },
  );

  it('makes calls to deployed wallets while calls that deploy a wallet first wait', async () => {
    const { held, arrived } = holdingCalls();
    const call = ethCall();
    const deploying = Array.from({ length: 14 }, (_, n) => call(deploymentOf(n), `192.0.2.${n}`));
    await arrived(12);
    const deployed = call(callTo(1));
    await arrived(13);
    held[12]?.answer();
    expect(await deployed).toBe(MAGIC);
    for (let n = 0; n < 12; n += 1) held[n]?.answer();
    await arrived(15);
    for (const { answer } of held.slice(13)) answer();
    await Promise.all(deploying);
  });

  it('makes a contract call once while the same call is requested again before it has ended', async () => {
    const { held, arrived } = holdingCalls();
    const call = ethCall();
    const calls = Array.from({ length: 20 }, () => call(CALL));
    await arrived(1);
    held[0]?.answer();
    expect(await Promise.all(calls)).toEqual(Array(20).fill(MAGIC));
    expect(held).toHaveLength(1);
    const again = call(CALL);
    await arrived(2);
    held[1]?.answer();
    await again;
  });

  it('frees the slots of contract calls that time out and closes their connections', async () => {
    const { held, arrived } = holdingCalls();
    const call = ethCall({ timeout: 300 });
    const slow = Array.from({ length: 3 }, (_, n) => call(callTo(n)));
    await arrived(3);
    const refusals = await Promise.allSettled(slow);
    expect(refusals.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    await eventually(() => {
      expect(held.map(({ closed }) => closed())).toEqual([true, true, true]);
      return Promise.resolve();
    });
    const next = call(callTo(9));
    await arrived(4);
    held[3]?.answer();
    expect(await next).toBe(MAGIC);
  });

  it('aborts a contract call when the RPC endpoint is on another chain', async () => {
    const { held, arrived } = holdingCalls();
    await Promise.all([
      expect(ethCall({ chainId: 'eip155:10' })(CALL)).rejects.toMatchObject({
        code: 'WALLET_VERIFICATION_UNAVAILABLE',
      }),
      arrived(1),
    ]);
    await eventually(() => {
      expect(held[0]?.closed()).toBe(true);
      return Promise.resolve();
    });
  });

  it('attaches a cause to log to only the first of many RPC failures of the same kind', async () => {
    chain.misbehave((_request, response) => response.destroy());
    const call = ethCall();
    const causes: unknown[] = [];
    for (let n = 0; n < 5; n += 1) {
      const error: unknown = await call(CALL).catch((reason: unknown) => reason);
      causes.push((error as Error).cause);
    }
    expect(causes.filter((cause) => cause instanceof Warning)).toHaveLength(1);
    chain.misbehave((_request, response) => {
      response.writeHead(503).end();
    });
    await expect(call(CALL)).rejects.toMatchObject({
      cause: { cause: { message: 'The RPC returned the HTTP status 503.' } },
    });
  });

  it('uses a new sender address for each contract call, and never the zero address, which some wallets trust', async () => {
    // Requests of earlier tests may still arrive: these have other data.
    const data = '0x5e4de5';
    const call = ethCall();
    await call({ ...CALL, data });
    await call({ ...CALL, data });
    const senders = chain.requests
      .filter(({ method }) => method === 'eth_call')
      .map(({ params }) => params[0] as { from: string; data: string })
      .filter((sent) => sent.data === data)
      .map(({ from }) => from);
    expect(new Set(senders).size).toBe(2);
    for (const sender of senders) expect(sender).toMatch(/^0x(?!0{40})[0-9a-f]{40}$/);
  });

  it('keeps the RPC URL, which may contain a key, out of errors', async () => {
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

/** The messages and stacks of an error and of its causes. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.message, error.stack, everythingIn(error.cause)].join('\n');
}
