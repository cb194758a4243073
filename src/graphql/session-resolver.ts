import { Arg, Args, Field, ID, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { logoutClient, logoutClientEverywhere, refreshClient } from '../http/acts.js';
import type { SessionPage } from '../lifecycle/list.js';
import { isSessionId, type Session } from '../sessions/session.js';
import type { PageRequest } from '../sessions/store.js';
import { assertPageSize, invalidCursor, PageArgs } from './connection.js';
import { currentSession, RequestScope } from './authorization.js';
import type { RequestContext } from './context.js';
import { countList, LISTS_RULE } from './read-limit.js';
import { SessionConnection, SessionType } from './session-type.js';
import { grantTypeOf, SessionGrantType } from './sign-in-resolver.js';

@ObjectType('LogoutPayload', { description: 'The session that was logged out.' })
export class LogoutPayload {
  @Field(() => ID, { description: 'The id of the session.' })
  sessionId!: string;
}

@ObjectType('LogoutAllPayload', { description: 'The sessions that were logged out.' })
export class LogoutAllPayload {
  @Field(() => Int, { description: 'The number of sessions that were logged out.' })
  count!: number;

  @Field(() => [ID], { description: 'Their ids.' })
  sessionIds!: string[];
}

@Resolver()
export class SessionResolver {
  @Query(() => SessionType, {
    nullable: true,
    description: 'The current session, or null if the request has no valid session.',
  })
  session(@RequestScope() { session }: RequestContext): SessionType | null {
    return session === undefined ? null : new SessionType(session, session);
  }

  @Query(() => SessionConnection, {
    description:
      'All active sessions of the wallet, newest first. For an EOA, they include the sessions of ' +
      'contracts at its address, on each chain on which contracts can sign in: code there is code that the account ' +
      'delegated to (EIP-7702). `wallet` of a session shows which it is. ' +
      LISTS_RULE,
  })
  async sessions(
    @Args() page: PageArgs,
    @RequestScope() context: RequestContext,
  ): Promise<SessionConnection> {
    const current = currentSession(context);
    countList(context);
    return connectionOfSessions(
      await context.sessions.listGovernedPage(current, pageRequest(page)),
      current,
    );
  }

  @Mutation(() => SessionGrantType, {
    description:
      'Exchanges a refresh token for a new pair of tokens and extends the idle timeout. A token works once. ' +
      'If the exchange is repeated within a grace period, before the new refresh token is used, it returns the same ' +
      'pair, so a lost response or a second tab does no harm. Any later use of a used token revokes the session. ' +
      'With cookies, refresh over HTTP; over a WebSocket the error is HTTP_REQUIRED. For a session that is bound to a key, ' +
      'refresh over HTTP with a proof of the key in a `DPoP` header (RFC 9449).',
  })
  async refresh(
    @Arg('refreshToken', () => String, {
      nullable: true,
      description: 'The refresh token of the last grant. Default: the token in the cookie.',
    })
    refreshToken: string | null,
    @RequestScope() context: RequestContext,
  ): Promise<SessionGrantType> {
    return grantTypeOf(await refreshClient(context, refreshToken), context.cookies);
  }

  @Mutation(() => LogoutPayload, {
    description:
      'Logs out one of the sessions in `sessions`: the current one, or the given one. Logging out a session that was ' +
      'authenticated later than the current one requires a fresh signature; otherwise REAUTHENTICATION_REQUIRED.',
  })
  async logout(
    @Arg('sessionId', () => ID, {
      nullable: true,
      description: 'The session to log out. Default: the current one.',
    })
    sessionId: string | null,
    @RequestScope() context: RequestContext,
  ): Promise<LogoutPayload> {
    const ended = await logoutClient(context, currentSession(context), sessionId);
    return { sessionId: ended.sessionId };
  }

  @Mutation(() => LogoutAllPayload, {
    description:
      'Logs out all sessions of the wallet and, for an EOA, of contracts at its address: those in ' +
      '`sessions`. If the current session may not log out one of them (see logout), none is logged out: ' +
      'REAUTHENTICATION_REQUIRED. To log out all other sessions by signing in, see logoutOthers of signIn.',
  })
  async logoutAll(
    @Arg('keepCurrent', () => Boolean, {
      defaultValue: false,
      description: 'Whether to keep the current session.',
    })
    keepCurrent: boolean,
    @RequestScope() context: RequestContext,
  ): Promise<LogoutAllPayload> {
    const ended = await logoutClientEverywhere(context, currentSession(context), keepCurrent);
    return { count: ended.length, sessionIds: ended.map(({ sessionId }) => sessionId) };
  }
}

/** @throws GraphQLError `BAD_USER_INPUT` */
export function pageRequest({ first, after }: PageArgs): PageRequest {
  assertPageSize(first);
  if (after == null) return { first };
  if (!isSessionId(after)) throw invalidCursor();
  return { first, after };
}

export function connectionOfSessions(page: SessionPage, current: Session): SessionConnection {
  const edges = page.sessions.map((session) => ({
    // The id of a session is its cursor.
    cursor: session.id,
    node: new SessionType(session, current),
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasMore,
      hasPreviousPage: page.hasPrevious,
      startCursor: edges[0]?.cursor ?? null,
      // May point past unreadable sessions, so that the next page can be requested.
      endCursor: page.end ?? null,
    },
    totalCount: page.total,
  };
}
