import { Arg, Args, ArgsType, Field, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { Administrator } from '../administration/administration.js';
import type { Session } from '../sessions/session.js';
import { MAX_HOURS } from '../administration/statistics/statistics.js';
import type { AccountId } from '../accounts/account-id.js';
import { AccountIdScalar } from './account-scalars.js';
import { pageOfEntries, AuditEventConnection, toAuditEventNode } from './audit-resolver.js';
import { currentSession } from './authorization.js';
import { badUserInput } from './errors.js';
import { assertPageSize, PageArgs } from './connection.js';
import type { RequestContext } from './context.js';
import { RequestScope } from './request-scope.js';
import {
  connectionOfSessions,
  LogoutAllPayload,
  LogoutPayload,
  pageRequest,
} from './session-resolver.js';
import { SessionConnection } from './session-type.js';
import { StatisticsType, toStatisticsType } from './statistics-type.js';

const FOR_ADMINISTRATORS =
  'Requires an administrator (otherwise FORBIDDEN) with a fresh authentication (otherwise REAUTHENTICATION_REQUIRED).';

@ArgsType()
class WalletArgs {
  @Field(() => AccountIdScalar, { description: 'The account id of the wallet.' })
  wallet!: AccountId;
}

@Resolver()
export class AdministrationResolver {
  @Query(() => StatisticsType, {
    description: `Usage of the service in the last hours. ${FOR_ADMINISTRATORS}`,
  })
  async statistics(
    @Arg('hours', () => Int, {
      defaultValue: 24,
      description: `Number of hours, including the current one: 1 to ${MAX_HOURS}.`,
    })
    hours: number,
    @RequestScope() context: RequestContext,
  ): Promise<StatisticsType> {
    const by = administrator(context);
    if (hours < 1 || hours > MAX_HOURS) {
      throw badUserInput(`"hours" must be between 1 and ${MAX_HOURS}.`);
    }
    return toStatisticsType(await context.administration.statistics(by, hours));
  }

  @Query(() => SessionConnection, {
    description: `The active sessions of any wallet, newest first. ${FOR_ADMINISTRATORS}`,
  })
  async walletSessions(
    @Args() { wallet }: WalletArgs,
    @Args() page: PageArgs,
    @RequestScope() context: RequestContext,
  ): Promise<SessionConnection> {
    const by = administrator(context);
    return connectionOfSessions(
      await context.administration.sessionPageOf(by, wallet, pageRequest(page)),
      by.session,
    );
  }

  @Query(() => AuditEventConnection, {
    description: `The audit events of any wallet, with the fields that its owner sees in auditEvents. Contracts at the address of an account are other wallets here. ${FOR_ADMINISTRATORS}`,
  })
  async walletAuditEvents(
    @Args() { wallet }: WalletArgs,
    @Args() page: PageArgs,
    @RequestScope() context: RequestContext,
  ): Promise<AuditEventConnection> {
    const entries = await context.administration.auditEventsOf(administrator(context), wallet);
    return pageOfEntries(entries, page);
  }

  @Query(() => AuditEventConnection, {
    description:
      'The audit events of all wallets, newest first, as long as the server keeps them. Challenges, refusals and ' +
      `refreshes, which clients can repeat at will, are kept for a shorter time. ${FOR_ADMINISTRATORS}`,
  })
  async allAuditEvents(
    @Args() { first, after }: PageArgs,
    @RequestScope() context: RequestContext,
  ): Promise<AuditEventConnection> {
    const by = administrator(context);
    assertPageSize(first);
    const { entries, unreadable, endCursor, hasMore } = await context.administration
      .auditEvents(by, first, after ?? undefined)
      .catch((error: unknown) => {
        throw error instanceof RangeError ? badUserInput(`"after": ${error.message}`) : error;
      });
    const edges = entries.map(({ cursor, entry }) => ({ cursor, node: toAuditEventNode(entry) }));
    return {
      edges,
      pageInfo: {
        hasNextPage: hasMore,
        hasPreviousPage: after != null,
        startCursor: edges[0]?.cursor ?? null,
        // May point past unreadable entries, so that the next page can be requested.
        endCursor: endCursor ?? null,
      },
      unreadableCount: unreadable,
    };
  }

  @Mutation(() => LogoutPayload, {
    description: `Revokes a session of any wallet, with reason ADMIN. ${FOR_ADMINISTRATORS}`,
  })
  async revokeSession(
    @Args() { wallet }: WalletArgs,
    @Arg('sessionId', () => ID, { description: 'The id of the session.' }) sessionId: string,
    @RequestScope() context: RequestContext,
  ): Promise<LogoutPayload> {
    const by = administrator(context);
    const ended = await context.administration.revokeSession(by, wallet, sessionId);
    return { sessionId: ended.sessionId };
  }

  @Mutation(() => LogoutAllPayload, {
    description: `Revokes every session of any wallet, with reason ADMIN. ${FOR_ADMINISTRATORS}`,
  })
  async revokeWalletSessions(
    @Args() { wallet }: WalletArgs,
    @RequestScope() context: RequestContext,
  ): Promise<LogoutAllPayload> {
    const ended = await context.administration.revokeSessions(administrator(context), wallet);
    return { count: ended.length, sessionIds: ended.map(({ sessionId }) => sessionId) };
  }
}

function administrator(context: RequestContext): Administrator & { readonly session: Session } {
  return { session: currentSession(context), source: context.source };
}
