import { GraphQLClient } from 'graphql-request';
import { CreateSignInChallengeDocument, SignInDocument } from '../generated/graphql.js';
import { refusalOf } from '../harness/api.js';
import { startChain, type Misbehaviour, type TestChain } from '../harness/chain.js';
import { withPreparation } from '../harness/contract-wallet.js';
import { startTestService, type TestService } from '../harness/service.js';
import { anAddress } from '../harness/wallet.js';

const IS_VALID = `0x1626ba7e${'0'.repeat(56)}`;
const ATTACKERS = 8;
/** Of each attacker. */
const ATTEMPTS = 30;
const HONEST = 19;

/** Signatures that no account has made, so that the service asks the chain. */
const GARBAGE = {
  'of wallets that are deployed': () => `0x${'ab'.repeat(70)}`,
  'of wallets that are yet to be deployed': () =>
    withPreparation(anAddress(), '0x', `0x${'ab'.repeat(70)}`),
} as const;

describe('an attack with invalid signatures on a slow node, from eight networks', () => {
  let chain: TestChain;
  let service: TestService;
  let held: (() => void)[];
  let arrived: () => void;
  let honest: Set<string>;
  let attempts: Promise<string>[];

  beforeEach(async () => {
    chain = await startChain(10);
    held = [];
    arrived = () => {};
    honest = new Set();
    attempts = [];
    chain.misbehave(slowly);
    service = await startTestService('embedded', {
      SIGN_IN_CHAIN_IDS: 'eip155:10',
      RPC_URLS: `eip155:10=${chain.url}`,
      WALLET_VERIFICATION_TIMEOUT: '60s',
      TRUSTED_PROXIES: 'loopback',
    });
  });
  afterEach(async () => {
    await endAttack();
    await service.stop();
    await chain.close();
  });

  /** A node that confirms honest wallets at once and does not answer anything else. */
  const slowly: Misbehaviour = ({ id, method, params }, response) => {
    const answer = (result: string) => response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    if (method === 'eth_chainId') {
      answer('0xa');
      return;
    }
    const { to, data } = params[0] as { to?: string; data: string };
    const wallet = [...honest].find(
      (one) => to === one || data.includes(one.slice(2).toLowerCase()),
    );
    if (wallet !== undefined) answer(to === undefined ? '0x01' : IS_VALID);
    else {
      held.push(() => answer('0x'));
      arrived();
    }
  };

  const from = (address: string) =>
    new GraphQLClient(service.url, { headers: { 'x-forwarded-for': address } });

  async function attempt(address: string, wallet: string, signature: string) {
    const client = from(address);
    const { createSignInChallenge } = await client.request(CreateSignInChallengeDocument, {
      account: `eip155:10:${wallet}`,
    });
    return refusalOf(client, SignInDocument, {
      message: createSignInChallenge.message ?? '',
      signature,
    });
  }

  /** Requests as many slots as the attackers can get, and resolves when they have them. */
  async function attack(garbage: () => string) {
    attempts = Array.from({ length: ATTACKERS * ATTEMPTS }, (_, n) =>
      attempt(`198.51.100.${n % ATTACKERS}`, anAddress(), garbage()),
    );
    while (held.length < ATTACKERS) await new Promise<void>((resolve) => (arrived = resolve));
  }

  /** Lets the node answer. Resolves to the refusals of the attackers. */
  async function endAttack() {
    chain.misbehave(({ id }, response) => {
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: '0x' }));
    });
    for (const end of held) end();
    return new Set(await Promise.all(attempts));
  }

  /** Signs in from each address. Resolves to the refusals. */
  async function signInFrom(addresses: readonly string[], signature: () => string) {
    const outcomes = addresses.map((address) => {
      const wallet = anAddress();
      honest.add(wallet);
      return attempt(address, wallet, signature()).catch((error: unknown) => String(error));
    });
    const signedIn = 'Error: The request was not refused.';
    return (await Promise.all(outcomes)).filter((outcome) => outcome !== signedIn);
  }

  const ownNetworks = Array.from({ length: HONEST }, (_, n) => `203.0.113.${n}`);
  const oneNetwork = Array.from({ length: HONEST }, (_, n) => `2001:db8:1:2::${n + 1}`);

  it.each([
    ['of wallets that are deployed', 'networks of their own', ownNetworks],
    ['of wallets that are deployed', 'one network', oneNetwork],
    ['of wallets that are yet to be deployed', 'networks of their own', ownNetworks],
  ] as const)(
    'lets 19 honest wallets sign in during an attack with signatures %s: from %s',
    async (kind, _where, addresses) => {
      await attack(GARBAGE[kind]);
      expect(await signInFrom(addresses, GARBAGE[kind])).toEqual([]);
      // The attackers had to wait, or found the queue full.
      for (const refusal of await endAttack()) {
        expect(['SIGNATURE_INVALID', 'WALLET_VERIFICATION_UNAVAILABLE']).toContain(refusal);
      }
    },
  );

  it('lets deployed wallets sign in during an attack with signatures of wallets that are not deployed yet', async () => {
    await attack(GARBAGE['of wallets that are yet to be deployed']);
    expect(held.length).toBeLessThanOrEqual(12);
    expect(await signInFrom(ownNetworks, GARBAGE['of wallets that are deployed'])).toEqual([]);
  });
});
