import crypto from 'node:crypto';
import { graphql } from 'graphql';
import { buildWalletSessionsSchema } from '../../src/graphql/index.js';
import { MAX_LISTS } from '../../src/graphql/read-limit.js';
import type { Session } from '../../src/sessions/session.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { SOURCE } from '../harness/wallet-under-test.js';
import { aWallet } from '../harness/wallet.js';

const CHAINS = ['eip155:1', 'eip155:10'] as const;
/** As many as one operation may have: fifteen with an alias, and one without. */
const FIELDS = 16;

describe('a field that an operation repeats under many aliases', () => {
  const { account: wallet } = aWallet();
  const schema = buildWalletSessionsSchema();
  let domain: TestDomain;
  let session: Session;

  beforeAll(async () => {
    domain = await openDomain({
      contractChainIds: CHAINS,
      sessions: { limit: 0 },
      administrators: [wallet],
    });
    const signIn = async () => {
      domain.clock.advance(1);
      return (await domain.sessions.create({ wallet, chainId: 'eip155:1' }, SOURCE)).session;
    };
    for (let count = 0; count < 60; count += 1) {
      const ended = await signIn();
      await domain.sessions.logout(ended, ended.id, SOURCE);
    }
    session = await signIn();
    await domain.auditLog.flush();
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => domain.close());

  const execute = (source: string) =>
    graphql({
      schema,
      source,
      contextValue: { walletSessions: { ...domain, session, source: SOURCE } },
    });

  async function run(source: string): Promise<Record<string, unknown>> {
    const { data, errors } = await execute(source);
    expect(errors).toBeUndefined();
    return data as Record<string, unknown>;
  }

  const repeated = (field: (position: number) => string, count = FIELDS) => {
    const fields = Array.from(
      { length: count - 1 },
      (_, position) => `a${position}: ${field(position)}`,
    );
    return `{ ${[...fields, field(count - 1)].join(' ')} }`;
  };

  /** Counts what the operations from now on read from the audit log, and decrypt. */
  function countWork() {
    return {
      reads: jest.spyOn(domain.store.audit, 'readWallet'),
      decryptions: jest.spyOn(crypto, 'createDecipheriv'),
    };
  }

  it('reads the audit log of each governed wallet once, and decrypts only the entries of the page', async () => {
    const { reads, decryptions } = countWork();
    const data = await run(repeated(() => 'auditEvents(first: 1) { pageInfo { hasNextPage } }'));
    expect(Object.values(data)).toEqual(
      Array.from({ length: FIELDS }, () => ({ pageInfo: { hasNextPage: true } })),
    );
    expect(reads).toHaveBeenCalledTimes(1 + CHAINS.length);
    // The entry of the page, and one that shows that there is a next page.
    expect(decryptions).toHaveBeenCalledTimes(2);
  });

  it('decrypts each entry of the audit log once for all pages and counts of an operation', async () => {
    const { reads, decryptions } = countWork();
    const data = await run(
      repeated(
        (position) =>
          `auditEvents(first: ${100 - position}) { unreadableCount edges { node { id } } }`,
      ),
    );
    expect(Object.values(data)).toMatchObject(
      Array.from({ length: FIELDS }, () => ({ unreadableCount: 0 })),
    );
    expect(reads).toHaveBeenCalledTimes(1 + CHAINS.length);
    const { entries } = await domain.auditLog.ofWallet(wallet);
    expect(decryptions).toHaveBeenCalledTimes(2 * entries.length);
  });

  it('reads the audit log again for the next operation', async () => {
    const { reads } = countWork();
    const count = '{ auditEvents(first: 100) { edges { node { id } } } }';
    expect(await run(count)).toEqual(await run(count));
    expect(reads).toHaveBeenCalledTimes(2 * (1 + CHAINS.length));
  });

  const LISTS: [string, string, (store: OpenStore) => jest.SpyInstance][] = [
    ['sessions', 'sessions { totalCount }', ({ sessions }) => jest.spyOn(sessions, 'listPage')],
    [
      'walletSessions',
      `walletSessions(wallet: "${wallet}") { totalCount }`,
      ({ sessions }) => jest.spyOn(sessions, 'listPage'),
    ],
    [
      'walletAuditEvents',
      `walletAuditEvents(wallet: "${wallet}", first: 1) { unreadableCount }`,
      ({ audit }) => jest.spyOn(audit, 'readWallet'),
    ],
    [
      'allAuditEvents',
      'allAuditEvents(first: 1, types: [SIGN_IN_REFUSED]) { unreadableCount }',
      ({ audit }) => jest.spyOn(audit, 'read'),
    ],
    [
      'statistics',
      'statistics(hours: 720) { wallets }',
      ({ statistics }) => jest.spyOn(statistics, 'read'),
    ],
  ];

  it.each(LISTS)(
    'reads the store for %s at most five times in an operation',
    async (_name, field, spyOn) => {
      const reads = spyOn(domain.store);
      await run(`{ ${field} }`);
      const ofOne = reads.mock.calls.length;
      const fields = (count: number) => repeated(() => field, count);
      await run(fields(MAX_LISTS));
      expect(reads).toHaveBeenCalledTimes((1 + MAX_LISTS) * ofOne);
      const { errors } = await execute(fields(FIELDS));
      expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
      expect(reads).toHaveBeenCalledTimes((1 + 2 * MAX_LISTS) * ofOne);
    },
  );
});
