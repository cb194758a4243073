import 'reflect-metadata';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import type { GraphQLResolveInfo } from 'graphql';
import { Authorized, buildSchemaSync, Ctx, Directive, Info, Query, Resolver } from 'type-graphql';
import { createRequestContextFactory } from '../../src/graphql/context.js';
import {
  addWalletSessions,
  currentSession,
  FreshAuthentication,
  keepPrivate,
  requireSession,
  type WalletSessionsContext,
} from '../../src/graphql/index.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { aWallet } from '../harness/wallet.js';

const { default: createResponseCache } = jest.requireActual<{
  default: () => ApolloServerPlugin;
}>('@apollo/server-plugin-response-cache');

@Resolver()
class OwnResolver {
  private static news = 0;

  @Query(() => String)
  news(): string {
    OwnResolver.news += 1;
    return `news ${OwnResolver.news}`;
  }

  @Authorized()
  @Query(() => String)
  mine(@Ctx() { walletSessions }: WalletSessionsContext): string {
    return currentSession(walletSessions).wallet;
  }

  @Authorized()
  @Directive('@cacheControl(maxAge: 30)')
  @Query(() => String)
  hinted(@Ctx() { walletSessions }: WalletSessionsContext): string {
    return currentSession(walletSessions).wallet;
  }

  @FreshAuthentication()
  @Query(() => String)
  fresh(@Ctx() { walletSessions }: WalletSessionsContext): string {
    return currentSession(walletSessions).wallet;
  }

  @Query(() => String)
  greeting(
    @Ctx() { walletSessions }: WalletSessionsContext,
    @Info() info: GraphQLResolveInfo,
  ): string {
    keepPrivate(info);
    return walletSessions.session?.wallet ?? 'nobody';
  }
}

describe('an Apollo Server that caches responses for 60 seconds', () => {
  let domain: TestDomain;
  let apollo: ApolloServer<WalletSessionsContext>;
  const tokens: string[] = [];
  beforeAll(async () => {
    domain = await openDomain();
    const own = buildSchemaSync({ resolvers: [OwnResolver], authChecker: requireSession });
    apollo = new ApolloServer<WalletSessionsContext>({
      schema: addWalletSessions(own),
      plugins: [ApolloServerPluginCacheControl({ defaultMaxAge: 60 }), createResponseCache()],
      logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    });
    for (const { account } of [aWallet(), aWallet()]) {
      const { accessToken } = await domain.sessions.create(
        { wallet: account, chainId: 'eip155:1' },
        {},
      );
      tokens.push(accessToken);
    }
  });
  afterAll(async () => {
    await apollo.stop();
    await domain.close();
  });

  async function ask(query: string, token?: string) {
    const walletSessions = await createRequestContextFactory(domain)(token, {});
    const { body, http } = await apollo.executeOperation(
      { query },
      { contextValue: { walletSessions } },
    );
    if (body.kind !== 'single') throw new Error('The answer has several parts.');
    const { data, errors } = body.singleResult;
    expect(errors).toBeUndefined();
    return { data, cacheControl: http.headers.get('cache-control') };
  }

  it('caches fields of an application that depend on no session', async () => {
    const { data, cacheControl } = await ask('{ news }');
    expect(cacheControl).toBe('max-age=60, public');
    expect((await ask('{ news }')).data).toEqual(data);
  });

  it.each([
    '{ session { id wallet } }',
    '{ news session { id } }',
    '{ sessions { edges { node { id } } } }',
    '{ auditEvents { edges { node { id } } } }',
    '{ mine }',
    '{ fresh }',
    '{ greeting }',
  ])('never answers one session with the cached answer for another one: %s', async (query) => {
    const [one, other] = [await ask(query, tokens[0]), await ask(query, tokens[1])];
    expect(other.data).not.toEqual(one.data);
    expect([one.cacheControl, other.cacheControl]).toEqual(['no-store', 'no-store']);
  });

  it('never answers a session with the cached answer for a request without one', async () => {
    expect((await ask('{ session { id } }')).data).toEqual({ session: null });
    expect((await ask('{ session { id } }', tokens[0])).data).not.toEqual({ session: null });
  });

  it('caches a field that requires a session only privately, and only if the application sets its maximum age', async () => {
    const [one, other] = [await ask('{ hinted }', tokens[0]), await ask('{ hinted }', tokens[1])];
    expect(one.cacheControl).toBe('max-age=30, private');
    expect(other.data).not.toEqual(one.data);
  });
});
