import {
  Arg,
  Args,
  Authorized,
  Ctx,
  Field,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from 'type-graphql';
import type { SessionPage } from '../lifecycle/list.js';
import { isSessionId } from '../sessions/session-id.js';
import type { Session } from '../sessions/session.js';
import type { PageRequest } from '../sessions/store.js';
import { assertPageSize, noCursor, PageArgs } from './connection.js';
import { currentSession } from './authorization.js';
import type { WalletSessionsContext } from './context.js';
import { SessionConnection, SessionType } from './session-type.js';
import { handOver, SessionGrantType } from './sign-in-resolver.js';

@ObjectType({ description: 'The session that was ended.' })
export class LogoutPayload {
  @Field(() => ID, { description: 'Its id.' })
  sessionId!: string;
}

@ObjectType({ description: 'The sessions that were ended.' })
export class LogoutAllPayload {
  @Field(() => Int, { description: 'How many.' })
  count!: number;

  @Field(() => [ID], { description: 'Which ones.' })
  sessionIds!: string[];
}

@Resolver()
export class SessionResolver {
  @Query(() => SessionType, {
    nullable: true,
    description: 'The session that asks, or null for a request without a valid one.',
  })
  session(@Ctx() { walletSessions: { session } }: WalletSessionsContext): SessionType | null {
    return session === undefined ? null : new SessionType(session, session);
  }

  @Authorized()
  @Query(() => SessionConnection, {
    description: 'All active sessions of the wallet, newest first.',
  })
  async sessions(
    @Args() page: PageArgs,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<SessionConnection> {
    const current = currentSession(scope);
    return connectionOfSessions(await scope.sessions.listPage(current, pageRequest(page)), current);
  }

  @Mutation(() => SessionGrantType, {
    description:
      'Exchanges a refresh token for a new pair of tokens and moves the idle timeout. A token works once. ' +
      'Repeated within a short while, before the new refresh token is used, the exchange gives the same ' +
      'pair, so a lost answer or a second tab does no harm; any later use of a used token ends the session. ' +
      'Where tokens go in cookies, over HTTP only, as signIn.',
  })
  async refresh(
    @Arg('refreshToken', () => String, {
      nullable: true,
      description: 'The refresh token of the last grant; without it, the one in the cookie.',
    })
    refreshToken: string | null,
    @Ctx() { walletSessions: { sessions, source, cookies } }: WalletSessionsContext,
  ): Promise<SessionGrantType> {
    cookies?.assertSettable();
    const token = refreshToken ?? cookies?.refreshToken ?? '';
    return handOver(await sessions.refresh(token, source), cookies);
  }

  @Authorized()
  @Mutation(() => LogoutPayload, {
    description:
      'Ends a session of the wallet: the one that asks, or the one named. Another one ends only if its wallet did not ' +
      'sign after the wallet of the session that asks did, or if that session is fresh; else REAUTHENTICATION_REQUIRED.',
  })
  async logout(
    @Arg('sessionId', () => ID, {
      nullable: true,
      description: 'Which session to end; without it, the one that asks.',
    })
    sessionId: string | null,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<LogoutPayload> {
    const current = currentSession(scope);
    const id = sessionId ?? current.id;
    const ended = await scope.sessions.logout(current, id, scope.source);
    if (ended.sessionId === current.id) scope.cookies?.clear();
    return { sessionId: ended.sessionId };
  }

  @Authorized()
  @Mutation(() => LogoutAllPayload, {
    description:
      'Ends every session of the wallet. Where the session that asks may not end one of them (see logout), none ends: ' +
      'REAUTHENTICATION_REQUIRED. To end all others by signing in, see endOthers of signIn.',
  })
  async logoutAll(
    @Arg('keepCurrent', () => Boolean, {
      defaultValue: false,
      description: 'Whether to keep the session that asks.',
    })
    keepCurrent: boolean,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<LogoutAllPayload> {
    const current = currentSession(scope);
    const ended = await scope.sessions.logoutAll(current, { keepCurrent }, scope.source);
    if (!keepCurrent) scope.cookies?.clear();
    return { count: ended.length, sessionIds: ended.map(({ sessionId }) => sessionId) };
  }
}

/** @throws GraphQLError `BAD_USER_INPUT` */
export function pageRequest({ first, after }: PageArgs): PageRequest {
  assertPageSize(first);
  if (after == null) return { first };
  if (!isSessionId(after)) throw noCursor();
  return { first, after };
}

export function connectionOfSessions(page: SessionPage, current: Session): SessionConnection {
  const edges = page.sessions.map((session) => ({
    // The id is the place in the list.
    cursor: session.id,
    node: new SessionType(session, current),
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasMore,
      hasPreviousPage: page.hasPrevious,
      startCursor: edges[0]?.cursor ?? null,
      // Also past sessions that cannot be shown, so that the next page is there to ask for.
      endCursor: page.end ?? null,
    },
    totalCount: page.total,
  };
}
