import 'reflect-metadata';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { graphql, printSchema, type GraphQLSchema } from 'graphql';
import { Arg, buildSchemaSync, Field, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { createRequestContextFactory } from '../../src/graphql/context.js';
import { addWalletSessions, buildWalletSessionsSchema } from '../../src/graphql/index.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { aWallet } from '../harness/wallet.js';

/** The container of typedi, which creates only classes that are registered as services. */
const { Container } = jest.requireActual<{
  Container: { get(type: new () => object): object; set(type: unknown, value: object): void };
}>('typedi');

@ObjectType('PageInfo')
class OwnPageInfo {
  @Field(() => Boolean)
  hasNextPage = true;

  @Field(() => Boolean)
  hasPreviousPage = false;

  @Field(() => String, { nullable: true })
  startCursor: string | null = 'first';

  @Field(() => String, { nullable: true })
  endCursor: string | null = 'last';

  @Field(() => String, { nullable: true })
  note: string | null = null;
}

@ObjectType('Session')
class OwnSession {
  @Field(() => String)
  room = 'of the application';
}

@Resolver()
class OwnResolver {
  @Query(() => OwnPageInfo)
  page(): OwnPageInfo {
    return new OwnPageInfo();
  }

  @Query(() => OwnSession)
  lesson(): OwnSession {
    return new OwnSession();
  }

  @Mutation(() => Boolean)
  logout(@Arg('everywhere', () => Boolean) everywhere: boolean): boolean {
    return everywhere;
  }
}

/** The schema of an application in which every name collides with one of wallet sessions. */
const anOwnSchema = () =>
  buildSchemaSync({
    resolvers: [OwnResolver],
    container: Container,
    validate: { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true },
  });

const RENAME = { logout: 'walletLogout', Session: 'WalletSession' };

describe('wallet sessions in a schema with its own names, container and validation', () => {
  let domain: TestDomain;
  let schema: GraphQLSchema;
  beforeAll(async () => {
    Container.set(OwnResolver, new OwnResolver());
    schema = addWalletSessions(anOwnSchema(), { rename: RENAME });
    domain = await openDomain();
  });
  afterAll(() => domain.close());

  async function ask(source: string, token?: string, on = schema): Promise<unknown> {
    const walletSessions = await createRequestContextFactory(domain)(token, {});
    const { data, errors } = await graphql({
      schema: on,
      source,
      contextValue: { walletSessions },
    });
    return errors?.[0] ?? data;
  }

  it('keeps the fields and types of an application in a schema with wallet sessions', async () => {
    expect(await ask('{ page { hasNextPage endCursor } lesson { __typename room } }')).toEqual({
      page: { hasNextPage: true, endCursor: 'last' },
      lesson: { __typename: 'Session', room: 'of the application' },
    });
    expect(await ask('mutation { logout(everywhere: true) }')).toEqual({ logout: true });
  });

  it('adds the fields of wallet sessions with arguments under the names of the application', async () => {
    const wallet = aWallet().account;
    const [first, second] = [
      await domain.sessions.create({ wallet, chainId: 'eip155:1' }, {}),
      await domain.sessions.create({ wallet, chainId: 'eip155:1' }, {}),
    ];
    const { accessToken } = first;
    expect(await ask('{ session { __typename id } }', accessToken)).toEqual({
      session: { __typename: 'WalletSession', id: first.session.id },
    });
    const page =
      '{ sessions(first: 1) { edges { node { wallet } } pageInfo { __typename hasNextPage note } } }';
    expect(await ask(page, accessToken)).toEqual({
      sessions: {
        edges: [{ node: { wallet } }],
        pageInfo: { __typename: 'PageInfo', hasNextPage: true, note: null },
      },
    });
    const end = `mutation { walletLogout(sessionId: "${second.session.id}") { sessionId } }`;
    expect(await ask(end, accessToken)).toEqual({ walletLogout: { sessionId: second.session.id } });
    expect(await ask('{ sessions { totalCount } }')).toMatchObject({
      extensions: { code: 'UNAUTHENTICATED' },
    });
    expect(await ask(`mutation { createSignInChallenge(account: "${wallet}") { nonce } }`)).toEqual(
      {
        createSignInChallenge: { nonce: expect.any(String) as string },
      },
    );
  });

  it('names the context function in the error of a field if the application forgot it', async () => {
    const { errors } = await graphql({ schema, source: '{ session { id } }', contextValue: {} });
    expect(errors?.[0]?.message).toContain('createContextFunction(walletSessions)');
  });

  it('refuses a schema with colliding names and lists all of them', () => {
    expect(() => addWalletSessions(anOwnSchema())).toThrow(
      'already has the type Session, the field Mutation.logout. Rename yours, or those of wallet sessions',
    );
    expect(() =>
      addWalletSessions(anOwnSchema(), { rename: { logout: 'page', Session: 'PageInfo' } }),
    ).toThrow('the type PageInfo');
    const twice = addWalletSessions(anOwnSchema(), { rename: RENAME });
    expect(() => addWalletSessions(twice, { rename: RENAME })).toThrow(
      'field Mutation.walletLogout',
    );
  });

  it.each([
    [{ rename: { logOut: 'x' } }, 'rename.logOut is not a field or type of wallet sessions'],
    [{ rename: { logout: 'log out' } }, 'rename.logout must be a name of GraphQL'],
    [{ rename: { logout: 1 } }, 'rename.logout'],
    [{ names: {} }, 'has no names: there are rename'],
  ])('refuses to add wallet sessions with the invalid options %j', (options, message) => {
    expect(() => addWalletSessions(anOwnSchema(), options as object)).toThrow(message);
  });
});

describe('wallet sessions in a schema made from SDL', () => {
  const written = (typeDefs: string) => makeExecutableSchema({ typeDefs });

  it('adds the whole schema of wallet sessions to one made from SDL, with the same descriptions', () => {
    const lines = printSchema(addWalletSessions(written('type Query { greeting: String }')));
    const own = printSchema(buildWalletSessionsSchema());
    const withoutRoots = own.replaceAll(/^"""(?:Reads|Signs|Events)[^]*?^}\n*/gm, '');
    for (const type of withoutRoots.split('\n\n')) expect(lines).toContain(type);
    expect(lines).toContain('greeting: String');
    expect(lines).toContain('sessionRevoked(');
  });

  it('shares the scalar DateTime with the schema of an application', () => {
    const scalars = 'type Query { now: DateTime } scalar DateTime';
    expect(printSchema(addWalletSessions(written(scalars)))).toContain('issuedAt: DateTime!');
  });

  it.each([
    ['a PageInfo with fewer fields', 'type PageInfo { hasNextPage: Boolean! }', 'type PageInfo'],
    [
      'a PageInfo with further fields that are never null',
      'type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String total: Int! }',
      'type PageInfo',
    ],
    ['a postal AccountId', 'type AccountId { street: String }', 'type AccountId'],
    ['another scalar AccountId', 'scalar AccountId', 'type AccountId'],
    ['a query sessions', 'extend type Query { sessions: [String] }', 'field Query.sessions'],
  ])('refuses to add wallet sessions to a schema with %s', (_what, own, name) => {
    const use = /^(?:type|scalar) (\w+)/.exec(own)?.[1] ?? 'String';
    const schema = written(`type Query { own: ${use} } ${own}`);
    expect(() => addWalletSessions(schema)).toThrow(`already has the ${name}`);
  });

  it('accepts a schema whose types refer to its root types', () => {
    const schema = addWalletSessions(
      written('type Query { viewer: Viewer } type Viewer { query: Query! }'),
    );
    expect(printSchema(schema)).toContain('session: Session');
  });
});
