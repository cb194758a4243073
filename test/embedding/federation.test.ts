import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloGateway,
  IntrospectAndCompose,
  LocalCompose,
  RemoteGraphQLDataSource,
} from '@apollo/gateway';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { readFileSync } from 'node:fs';
import { graphql, parse, print, type GraphQLSchema } from 'graphql';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import { createRequestContextFactory } from '../../src/graphql/context.js';
import { createContextFunction, walletSessionsSubgraph } from '../../src/graphql/index.js';
import {
  embedWalletSessions,
  serve,
  signInTo,
  type TestApplication,
} from '../harness/application.js';
import { aProof, aProofKey } from '../harness/proof.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { aWallet } from '../harness/wallet.js';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

/** A subgraph of an application that adds fields to accounts, and refers to sessions by both their keys. */
const ORDERS = parse(`
  ${LINK}
  scalar AccountId
  type Account @key(fields: "id") { id: AccountId! orders: [String!]! }
  type Session @key(fields: "id wallet", resolvable: false) { id: ID! wallet: AccountId! }
  type Order { session: Session }
  type Query { order(session: ID!, wallet: AccountId!): Order }
`);

const ORDER_RESOLVERS = {
  Account: {
    __resolveReference: ({ id }: { id: string }) => ({ id, orders: [`of ${id}`] }),
  },
  Query: {
    order: (_: unknown, { session, wallet }: { session: string; wallet: string }) => ({
      session: { id: session, wallet },
    }),
  },
};

interface GatewayContext {
  readonly headers: Readonly<Record<string, string>>;
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe('a supergraph of wallet sessions and orders', () => {
  let walletSessions: WalletSessions;
  let gateway: ApolloServer<GatewayContext>;
  const servers: TestApplication[] = [];
  const apollos: ApolloServer<object>[] = [];
  beforeAll(async () => {
    walletSessions = await embedWalletSessions('embedded');
    const contextOf = createContextFunction(walletSessions);
    const urlOf = async (
      schema: GraphQLSchema,
      context: (request: express.Request) => Promise<object>,
    ) => {
      const apollo = new ApolloServer<object>({ schema, logger: SILENT });
      await apollo.start();
      apollos.push(apollo);
      const app = express();
      app.set('trust proxy', 'loopback');
      app.use(express.json(), expressMiddleware(apollo, { context: ({ req }) => context(req) }));
      const server = await serve(app);
      servers.push(server);
      return server.url;
    };
    const sessions = await urlOf(buildSubgraphSchema([walletSessionsSubgraph()]), contextOf);
    const orders = await urlOf(
      buildSubgraphSchema([{ typeDefs: ORDERS, resolvers: ORDER_RESOLVERS }]),
      () => Promise.resolve({}),
    );
    gateway = new ApolloServer<GatewayContext>({
      logger: SILENT,
      gateway: new ApolloGateway({
        logger: SILENT,
        supergraphSdl: new IntrospectAndCompose({
          subgraphs: [
            { name: 'sessions', url: sessions },
            { name: 'orders', url: orders },
          ],
        }),
        buildService: ({ url }) =>
          new RemoteGraphQLDataSource<GatewayContext>({
            url: url ?? '',
            willSendRequest({ request, context }) {
              for (const [name, value] of Object.entries(
                (context as Partial<GatewayContext>).headers ?? {},
              )) {
                request.http?.headers.set(name, value);
              }
            },
          }),
      }),
    });
    await gateway.start();
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all(apollos.map((apollo) => apollo.stop()));
    await Promise.all(servers.map((server) => server.close()));
    await walletSessions.close();
  });

  async function ask(
    query: string,
    token?: string,
    variables = {},
    dpop?: string,
  ): Promise<unknown> {
    const headers = {
      'x-forwarded-for': '203.0.113.7',
      ...(token !== undefined && {
        authorization: `${dpop === undefined ? 'Bearer' : 'DPoP'} ${token}`,
      }),
      ...(dpop !== undefined && { dpop }),
    };
    const { body } = await gateway.executeOperation(
      {
        query,
        variables,
        http: { method: 'POST', headers: new HeaderMap(), search: '', body: '' },
      },
      { contextValue: { headers } },
    );
    return body.kind === 'single' ? JSON.parse(JSON.stringify(body.singleResult)) : body;
  }

  it('resolves the fields that another subgraph adds to the account of a session', async () => {
    const { accessToken, session } = await signInTo(walletSessions);
    expect(await ask('{ session { id account { id orders } } }', accessToken)).toEqual({
      data: {
        session: {
          id: session.id,
          account: { id: session.wallet, orders: [`of ${session.wallet}`] },
        },
      },
    });
    expect(await ask('{ session { id } }')).toEqual({ data: { session: null } });
  });

  it('resolves a session that another subgraph refers to, for its owner only', async () => {
    const owner = aWallet();
    const { session } = await signInTo(walletSessions, owner);
    const { accessToken } = await signInTo(walletSessions, owner);
    const stranger = await signInTo(walletSessions);
    const query =
      'query ($id: ID!, $wallet: AccountId!) { order(session: $id, wallet: $wallet) { session { id current } } }';
    const named = { id: session.id, wallet: session.wallet };
    expect(await ask(query, accessToken, named)).toEqual({
      data: { order: { session: { id: session.id, current: false } } },
    });
    for (const token of [stranger.accessToken, undefined]) {
      expect(await ask(query, token, named)).toMatchObject({ data: { order: { session: null } } });
    }
  });

  it('signs in and logs out through the gateway', async () => {
    const wallet = aWallet();
    const challenge = (await ask(
      `mutation { createSignInChallenge(account: "${wallet.account}") { message } }`,
    )) as { data: { createSignInChallenge: { message: string } } };
    const { message } = challenge.data.createSignInChallenge;
    const signedIn = (await ask(
      'mutation ($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken session { ipAddress } } }',
      undefined,
      { message, signature: await wallet.sign(message) },
    )) as { data: { signIn: { accessToken: string; session: { ipAddress: string } } } };
    const { accessToken, session } = signedIn.data.signIn;
    expect(session.ipAddress).toBe('203.0.113.7');
    expect(await ask('mutation { logout { sessionId } }', accessToken)).toMatchObject({
      data: { logout: { sessionId: expect.any(String) as string } },
    });
    expect(await ask('mutation { logout { sessionId } }', accessToken)).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  it('accepts the proof of a key once in an operation, because the gateway repeats it in each request', async () => {
    const wallet = aWallet();
    const key = aProofKey();
    const proof = (accessToken?: string) => aProof(key, `${ORIGIN}/`, Date.now(), { accessToken });
    const { message = '' } = await walletSessions.signIn.createChallenge(
      { account: wallet.account },
      {},
    );
    const signedIn = (await ask(
      'mutation ($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken session { id keyBound } } }',
      undefined,
      { message, signature: await wallet.sign(message) },
      proof(),
    )) as { data: { signIn: { accessToken: string; session: { id: string; keyBound: boolean } } } };
    const { accessToken, session } = signedIn.data.signIn;
    expect(session.keyBound).toBe(true);

    const own = { session: { id: session.id } };
    expect(await ask('{ session { id } }', accessToken, {}, proof(accessToken))).toEqual({
      data: own,
    });
    const twice = await ask(
      'query ($id: ID!, $wallet: AccountId!) { session { id } order(session: $id, wallet: $wallet) { session { current } } }',
      accessToken,
      { id: session.id, wallet: wallet.account },
      proof(accessToken),
    );
    expect(twice).toMatchObject({
      data: { ...own, order: { session: null } },
      errors: [
        {
          extensions: {
            response: { body: { errors: [{ extensions: { code: 'KEY_PROOF_INVALID' } }] } },
          },
        },
      ],
    });
  });
});

describe('references to sessions', () => {
  const schema = buildSubgraphSchema([walletSessionsSubgraph()]);
  const administrator = aWallet();
  let domain: TestDomain;
  beforeAll(async () => {
    domain = await openDomain({ administrators: [administrator.account] });
  });
  afterAll(() => domain.close());

  const signedIn = (wallet = aWallet()) =>
    domain.sessions.create({ wallet: wallet.account, chainId: 'eip155:1' }, {});

  async function resolve(token: string | undefined, representations: readonly object[]) {
    const walletSessions = await createRequestContextFactory(domain)(token, {});
    const { data, errors } = await graphql({
      schema,
      source: `query ($representations: [_Any!]!) {
        _entities(representations: $representations) { ... on Session { id } ... on Account { account: id } }
      }`,
      variableValues: { representations },
      contextValue: { walletSessions },
    });
    const entities = data?.['_entities'] as
      readonly ({ id?: string; account?: string } | null)[] | undefined;
    return {
      ids: entities?.map((entity) => entity?.id ?? entity?.account ?? null),
      codes: errors?.map(({ extensions }) => extensions['code']) ?? [],
    };
  }

  it('resolves all sessions of the wallet for each of them, with and without the wallet', async () => {
    const wallet = aWallet();
    const [{ accessToken, session }, other] = [await signedIn(wallet), await signedIn(wallet)];
    const { ids } = await resolve(
      accessToken,
      [session, other.session].flatMap(({ id }) => [
        { __typename: 'Session', id },
        { __typename: 'Session', id, wallet: wallet.account },
      ]),
    );
    expect(ids).toEqual([session.id, session.id, other.session.id, other.session.id]);
  });

  it('answers null for sessions of others and invalid references, as for sessions that do not exist', async () => {
    const [{ accessToken, session: own }, { session: foreign }] = [
      await signedIn(),
      await signedIn(),
    ];
    const missing = `${foreign.id.slice(0, -1)}${foreign.id.endsWith('A') ? 'B' : 'A'}`;
    const references = [
      { id: foreign.id },
      { id: foreign.id, wallet: foreign.wallet },
      { id: foreign.id, wallet: own.wallet },
      { id: missing },
      { id: missing, wallet: foreign.wallet },
      { id: own.id, wallet: foreign.wallet },
      { id: own.id, wallet: 'eip155:1:0x0' },
      { id: own.id, wallet: null },
      { id: `${own.id}x` },
      { id: [own.id] },
      {},
    ].map((reference) => ({ __typename: 'Session', ...reference }));
    const audited = domain.audited.length;
    const nothing = { ids: references.map(() => null), codes: [] };
    expect(await resolve(accessToken, references)).toEqual(nothing);
    expect(await resolve(undefined, references)).toEqual(nothing);
    expect(domain.audited).toHaveLength(audited);
  });

  it('resolves sessions of other wallets for administrators with a fresh signature, and audits it', async () => {
    const [{ accessToken }, { session }] = [await signedIn(administrator), await signedIn()];
    const reference = { __typename: 'Session', id: session.id, wallet: session.wallet };
    expect(await resolve(accessToken, [reference])).toEqual({ ids: [session.id], codes: [] });
    expect(domain.audited.at(-1)).toMatchObject({
      type: 'administration.performed',
      act: 'READ_SESSIONS',
      wallet: session.wallet,
    });
    domain.clock.advance(6 * 60_000);
    expect(await resolve(accessToken, [reference])).toEqual({
      ids: [null],
      codes: ['REAUTHENTICATION_REQUIRED'],
    });
  });

  it('reads at most 100 sessions by reference in one operation', async () => {
    const { accessToken, session } = await signedIn();
    const others = Array.from({ length: 101 }, (_, index) => ({
      __typename: 'Session',
      id: session.id.slice(0, 17) + String(index).padStart(3, '0'),
    }));
    const own = { __typename: 'Session', id: session.id };
    const { ids, codes } = await resolve(accessToken, [...others, own]);
    expect(codes).toEqual(['BAD_USER_INPUT']);
    expect(ids?.at(-1)).toBe(session.id);
  });

  it('gives accounts their canonical ids', async () => {
    const { account } = aWallet();
    const lower = account.toLowerCase();
    const references = [{ id: lower }, { id: 'somebody' }];
    const { ids } = await resolve(
      undefined,
      references.map((reference) => ({ __typename: 'Account', ...reference })),
    );
    expect(ids).toEqual([account, null]);
  });
});

describe('the module of a subgraph', () => {
  it('has names of the application, and a place beside other modules of the same subgraph', () => {
    const rename = {
      Session: 'WalletSession',
      Account: 'WalletAccount',
      sessions: 'walletSessionList',
    };
    const module = walletSessionsSubgraph({ rename, link: false });
    const sdl = print(module.typeDefs);
    expect(sdl).toContain('type WalletSession @key(fields: "id") @key(fields: "id wallet") {');
    expect(sdl).toContain('account: WalletAccount!');
    expect(sdl).not.toContain('@link');
    const own = parse(
      `${LINK} type Query { greeting: String } extend type WalletAccount { name: String }`,
    );
    const schema = buildSubgraphSchema([{ typeDefs: own }, module]);
    expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).toEqual(
      expect.arrayContaining(['greeting', 'walletSessionList', '_entities', '_service']),
    );
  });

  it.each([
    [{ rename: { User: 'Person' } }, 'rename.User is not a field or type of wallet sessions'],
    [{ link: 'no' }, 'link must be true or false'],
  ])('refuses the invalid options %j of walletSessionsSubgraph', (options, message) => {
    expect(() => walletSessionsSubgraph(options as object)).toThrow(message);
  });
});

describe('the service as a subgraph', () => {
  it('composes its SDL, with keys that other subgraphs extend, without a change to the service', async () => {
    const keys = 'extend type Session @key(fields: "id", resolvable: false)';
    const sdl = readFileSync('schema/wallet-sessions.graphql', 'utf8');
    const gateway = new ApolloGateway({
      logger: SILENT,
      supergraphSdl: new LocalCompose({
        logger: SILENT,
        localServiceList: [
          {
            name: 'sessions',
            url: 'http://localhost:3000/graphql',
            typeDefs: parse(`${LINK} ${sdl} ${keys}`),
          },
          {
            name: 'notes',
            url: 'http://localhost:4000/graphql',
            typeDefs: parse(`${LINK} type Session @key(fields: "id") { id: ID! note: String }`),
          },
        ],
      }),
    });
    const { schema } = await gateway.load();
    expect(Object.keys(gateway.schema?.getQueryType()?.getFields() ?? {})).toContain('session');
    expect(schema.getType('Session')).toHaveProperty('_fields.note');
    await gateway.stop();
  });
});
