import { GraphQLSafeInt } from 'graphql-scalars';
import {
  Arg,
  Args,
  ArgsType,
  Authorized,
  Ctx,
  Field,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
} from 'type-graphql';
import type { Administrator } from '../administration/administration.js';
import type { Session } from '../sessions/session.js';
import { MAX_HOURS } from '../administration/statistics/statistics.js';
import type { Address, WalletIdentity } from '../accounts/wallet.js';
import { AddressScalar } from './address.js';
import { pageOfEntries, AuditEventConnection, toAuditEventNode } from './audit-resolver.js';
import { currentSession } from './authorization.js';
import { badUserInput } from './errors.js';
import { assertPageSize, PageArgs } from './connection.js';
import type { RequestContext, WalletSessionsContext } from './context.js';
import {
  connectionOfSessions,
  LogoutAllPayload,
  LogoutPayload,
  pageRequest,
} from './session-resolver.js';
import { SessionConnection } from './session-type.js';
import { StatisticsType, toStatisticsType } from './statistics-type.js';

const FOR_ADMINISTRATORS =
  'For administrators (else FORBIDDEN) whose wallet has just signed (else REAUTHENTICATION_REQUIRED).';

@ArgsType()
class WalletArgs {
  @Field(() => AddressScalar, { description: 'The address of the wallet.' })
  wallet!: Address;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description:
      'Where the wallet is a contract, the id of the chain that it is on. Without it, an account with a key.',
  })
  contractChainId?: number | null;
}

function walletIn({ wallet, contractChainId }: WalletArgs): WalletIdentity {
  return { wallet, contractChainId: contractChainId ?? undefined };
}

@Resolver()
export class AdministrationResolver {
  @Authorized()
  @Query(() => StatisticsType, {
    description: `How the service was used in the last hours. ${FOR_ADMINISTRATORS}`,
  })
  async statistics(
    @Arg('hours', () => Int, {
      defaultValue: 24,
      description: `How many hours, the one that runs among them: 1 to ${MAX_HOURS}.`,
    })
    hours: number,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<StatisticsType> {
    if (hours < 1 || hours > MAX_HOURS) {
      throw badUserInput(`"hours" must be between 1 and ${MAX_HOURS}.`);
    }
    return toStatisticsType(await scope.administration.statistics(administrator(scope), hours));
  }

  @Authorized()
  @Query(() => SessionConnection, {
    description: `The active sessions of any wallet, newest first. ${FOR_ADMINISTRATORS}`,
  })
  async walletSessions(
    @Args() whose: WalletArgs,
    @Args() page: PageArgs,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<SessionConnection> {
    const by = administrator(scope);
    return connectionOfSessions(
      await scope.administration.sessionPageOf(by, walletIn(whose), pageRequest(page)),
      by.session,
    );
  }

  @Authorized()
  @Query(() => AuditEventConnection, {
    description: `What the owner of any wallet sees as auditEvents. ${FOR_ADMINISTRATORS}`,
  })
  async walletAuditEvents(
    @Args() whose: WalletArgs,
    @Args() page: PageArgs,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<AuditEventConnection> {
    const entries = await scope.administration.auditEventsOf(administrator(scope), walletIn(whose));
    return pageOfEntries(entries, page);
  }

  @Authorized()
  @Query(() => AuditEventConnection, {
    description:
      'What happened to all wallets, newest first, as far back as the server keeps it: less far for challenges, ' +
      `refusals and refreshes, which can be repeated at will. ${FOR_ADMINISTRATORS}`,
  })
  async allAuditEvents(
    @Args() { first, after }: PageArgs,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<AuditEventConnection> {
    assertPageSize(first);
    const { entries, unreadable, endCursor, hasMore } = await scope.administration
      .auditEvents(administrator(scope), first, after ?? undefined)
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
        // Also past entries that cannot be shown, so that the next page is there to ask for.
        endCursor: endCursor ?? null,
      },
      unreadableCount: unreadable,
    };
  }

  @Authorized()
  @Mutation(() => LogoutPayload, {
    description: `Ends a session of any wallet, with reason ADMIN. ${FOR_ADMINISTRATORS}`,
  })
  async revokeSession(
    @Args() whose: WalletArgs,
    @Arg('sessionId', () => ID, { description: 'Which one.' }) sessionId: string,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<LogoutPayload> {
    const by = administrator(scope);
    const ended = await scope.administration.revokeSession(by, walletIn(whose), sessionId);
    return { sessionId: ended.sessionId };
  }

  @Authorized()
  @Mutation(() => LogoutAllPayload, {
    description: `Ends every session of any wallet, with reason ADMIN. ${FOR_ADMINISTRATORS}`,
  })
  async revokeWalletSessions(
    @Args() whose: WalletArgs,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<LogoutAllPayload> {
    const ended = await scope.administration.revokeSessions(administrator(scope), walletIn(whose));
    return { count: ended.length, sessionIds: ended.map(({ sessionId }) => sessionId) };
  }
}

function administrator(scope: RequestContext): Administrator & { readonly session: Session } {
  return { session: currentSession(scope), source: scope.source };
}
