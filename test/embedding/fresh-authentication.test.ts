import 'reflect-metadata';
import { graphql, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { createRequestContextFactory } from '../../src/graphql/context.js';
import {
  FreshAuthentication,
  freshlyAuthenticated,
  requireSession,
  type WalletSessionsContext,
} from '../../src/graphql/index.js';
import type { Session } from '../../src/sessions/session.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;

@Resolver()
class Treasury {
  @Query(() => String)
  balance(): string {
    return '7';
  }

  @FreshAuthentication()
  @Mutation(() => String)
  withdraw(): string {
    return 'withdrawn';
  }

  @FreshAuthentication(MINUTE)
  @Mutation(() => String)
  withdrawAll(): string {
    return 'all withdrawn';
  }

  @Mutation(() => String)
  close(@Ctx() { walletSessions }: WalletSessionsContext): string {
    return `closed by ${freshlyAuthenticated(walletSessions).wallet}`;
  }
}

describe('an application field that requires a fresh signature', () => {
  let domain: TestDomain;
  let schema: GraphQLSchema;
  let session: Session;
  let accessToken: string;

  beforeEach(async () => {
    domain = await openDomain();
    schema = buildSchemaSync({
      resolvers: [Treasury],
      authChecker: requireSession,
      validate: false,
    });
    const wallet = aWallet().account;
    ({ session, accessToken } = await domain.sessions.create({ wallet, chainId: 'eip155:1' }, {}));
  });
  afterEach(() => domain.close());

  /** The value of the field, or the code of the error. */
  async function answerOf(
    field: string,
    token: string | undefined = accessToken,
  ): Promise<unknown> {
    const source = field === 'balance' ? `{ ${field} }` : `mutation { ${field} }`;
    const walletSessions = await createRequestContextFactory(domain)(token, {});
    const { data, errors } = await graphql({ schema, source, contextValue: { walletSessions } });
    return errors?.[0]?.extensions['code'] ?? data?.[field];
  }

  it('resolves a field that requires a fresh signature within the configured window', async () => {
    domain.clock.advance(5 * MINUTE - 1);
    expect(await answerOf('withdraw')).toBe('withdrawn');
    domain.clock.advance(1);
    expect(await answerOf('withdraw')).toBe('REAUTHENTICATION_REQUIRED');
    expect(await answerOf('balance')).toBe('7');
  });

  it('applies a shorter window to a field that requires a fresh signature', async () => {
    domain.clock.advance(MINUTE);
    expect(await answerOf('withdrawAll')).toBe('REAUTHENTICATION_REQUIRED');
    expect(await answerOf('withdraw')).toBe('withdrawn');
  });

  it('resolves a field that requires a fresh signature again after reauthentication', async () => {
    domain.clock.advance(10 * MINUTE);
    expect(await answerOf('withdraw')).toBe('REAUTHENTICATION_REQUIRED');
    await domain.sessions.reauthenticate(session, {});
    expect(await answerOf('withdraw')).toBe('withdrawn');
  });

  it('checks for a fresh signature in a resolver, for a schema built with any tool', async () => {
    expect(await answerOf('close')).toBe(`closed by ${session.wallet}`);
    domain.clock.advance(5 * MINUTE);
    expect(await answerOf('close')).toBe('REAUTHENTICATION_REQUIRED');
  });

  it('refuses a field that requires a fresh signature to a request without a session', async () => {
    expect(await answerOf('withdraw', 'nonsense')).toBe('UNAUTHENTICATED');
    expect(await answerOf('close', 'nonsense')).toBe('UNAUTHENTICATED');
  });
});
