import 'reflect-metadata';
import assert from 'node:assert/strict';
import { graphql } from 'graphql';
import { Arg, Field, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { Service } from 'typedi';
import { createWalletSessions } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import { createContextFunction } from 'wallet-sessions/graphql';
import { signIn } from '../server.ts';

const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory: 'store' }),
  keys: [{ id: 'only', secret: Buffer.alloc(32, 1) }],
  origins: ['https://app.example.com'],
});

@ObjectType('Session')
class LessonSession {
  @Field(() => String)
  room = 'three';
}

@Service()
@Resolver()
class AccountResolver {
  @Query(() => LessonSession)
  lesson(): LessonSession {
    return new LessonSession();
  }

  @Mutation(() => Boolean)
  logout(@Arg('everywhere', () => Boolean) everywhere: boolean): boolean {
    return everywhere;
  }
}

// <snippet>

const { account, accessToken } = await signIn(walletSessions);
const headers = { authorization: `Bearer ${accessToken}` };
const contextValue = await createContextFunction(walletSessions)({ headers, socket: {} } as never);
const ask = async (source: string): Promise<unknown> => {
  const answer = await graphql({ schema, source, contextValue });
  return JSON.parse(JSON.stringify(answer));
};
assert.deepEqual(await ask('{ lesson { room } session { wallet } }'), {
  data: { lesson: { room: 'three' }, session: { wallet: account } },
});
assert.deepEqual(await ask('{ sessions(first: 1) { edges { node { __typename wallet } } } }'), {
  data: { sessions: { edges: [{ node: { __typename: 'WalletSession', wallet: account } }] } },
});
assert.deepEqual(await ask('mutation { logout(everywhere: true) }'), { data: { logout: true } });
assert.deepEqual(await ask('mutation { walletLogout { sessionId } }'), {
  data: { walletLogout: { sessionId: contextValue.walletSessions.session?.id } },
});
await walletSessions.close();
