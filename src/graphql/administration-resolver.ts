import {
  Arg,
  Args,
  ArgsType,
  Field,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { MAX_SEARCHED } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/entry.js';
import type { Administrator } from '../administration/administration.js';
import type { Session } from '../sessions/session.js';
import { MAX_HOURS } from '../administration/statistics/statistics.js';
import type { AccountId } from '../accounts/account-id.js';
import { AccountIdScalar } from './account-scalars.js';
import {
  AuditEventConnection,
  AuditEventNode,
  AuditFilterArgs,
  pageOfEntries,
  toAuditEventNode,
  toAuditFilter,
} from './audit-resolver.js';
import { currentSession, RequestScope } from './authorization.js';
import { badUserInput } from './errors.js';
import { assertPageSize, PageArgs } from './connection.js';
import type { RequestContext, WalletSessionsContext } from './context.js';
import { countList } from './read-limit.js';
import {
  connectionOfSessions,
  LogoutAllPayload,
  LogoutPayload,
  pageRequest,
} from './session-resolver.js';
import { SessionConnection } from './session-type.js';
import { StatisticsType, toStatisticsType } from './statistics-type.js';

const FOR_ADMINISTRATORS =
  'Requires an administrator (otherwise FORBIDDEN) with a fresh signature (otherwise REAUTHENTICATION_REQUIRED).';

@ArgsType()
class WalletArgs {
  @Field(() => AccountIdScalar, { description: 'The account id of the wallet.' })
  wallet!: AccountId;
}

@Resolver()
export class AdministrationResolver {
  @Query(() => Boolean, {
    description:
      'Whether the wallet of the current session is an administrator; false without a session. Administration also ' +
      'requires a fresh signature.',
  })
  isAdministrator(@RequestScope() { session, administration }: RequestContext): boolean {
    return session !== undefined && administration.isAdministrator(session);
  }

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
    countList(context);
    if (hours < 1 || hours > MAX_HOURS) {
      throw badUserInput(`"hours" must be between 1 and ${MAX_HOURS}.`);
    }
    const { administration } = context;
    return toStatisticsType(
      await administration.statistics(by, hours),
      administration.dashboardUrl,
    );
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
    countList(context);
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
    const by = administrator(context);
    countList(context);
    return pageOfEntries(await context.administration.auditEventsOf(by, wallet), page);
  }

  @Query(() => AuditEventConnection, {
    description:
      'The audit events of all wallets, newest first, as long as the service keeps them. Challenges, refusals and ' +
      'refreshes, which clients can repeat at will, are kept for a shorter time. With `types`, `wallet` or `ipAddress`, a page ' +
      `may have fewer events than \`first\`, or none, although \`hasNextPage\` is true: each request searches ${MAX_SEARCHED} ` +
      `events at most. ${FOR_ADMINISTRATORS}`,
  })
  async allAuditEvents(
    @Args() { first, after }: PageArgs,
    @Args() filter: AuditFilterArgs,
    @RequestScope() context: RequestContext,
  ): Promise<AuditEventConnection> {
    const by = administrator(context);
    countList(context);
    assertPageSize(first);
    const { entries, unreadable, endCursor, hasMore } = await context.administration
      .auditEvents(by, first, after ?? undefined, toAuditFilter(filter))
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
        // May point past entries that are unreadable or do not match, so that the next page can be requested.
        endCursor: endCursor ?? null,
      },
      unreadableCount: unreadable,
    };
  }

  @Subscription(() => AuditEventNode, {
    description:
      'The audit events of all wallets as they are recorded, from now on, on all instances, within about a second. It ' +
      'completes when the session ends, and when its signature is no longer fresh. To go on, call `reauthenticate` over ' +
      'this WebSocket in time, or elsewhere and then present the access token in a ping. ' +
      FOR_ADMINISTRATORS,
    subscribe: async ({ args, context }) => {
      const { walletSessions } = context as WalletSessionsContext;
      const by = administrator(walletSessions);
      const filter = toAuditFilter(args as AuditFilterArgs);
      return walletSessions.administration.followAuditEvents(by, filter);
    },
  })
  auditEventRecorded(@Root() entry: AuditEntry, @Args() _filter: AuditFilterArgs): AuditEventNode {
    return toAuditEventNode(entry);
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
  const { source, connection } = context;
  return { session: currentSession(context), source, connection };
}
