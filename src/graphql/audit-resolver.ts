import { Args, Authorized, Ctx, Query, Resolver } from 'type-graphql';
import type { WalletHistory } from '../audit/audit-log.js';
import { AuditEventConnection, toAuditEventNode } from './audit-type.js';
import { connectionOf } from './connection.js';
import { currentSession } from './current-session.js';
import { PageArgs } from './page-args.js';
import type { WalletSessionsContext } from './scope.js';

@Resolver()
export class AuditResolver {
  @Authorized()
  @Query(() => AuditEventConnection, {
    description:
      'What happened in the sessions of the wallet, newest first, as far back as the server keeps it, and refused ' +
      'sign-ins that somebody tried in its name. Of the refreshes of a session it has the newest one.',
  })
  async auditEvents(
    @Args() page: PageArgs,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<AuditEventConnection> {
    return pageOfEntries(await scope.auditLog.ofWallet(currentSession(scope)), page);
  }
}

export function pageOfEntries(
  { entries, unreadable }: WalletHistory,
  { first, after }: PageArgs,
): AuditEventConnection {
  const page = connectionOf(entries, ({ at, id }) => [at, id], {
    first,
    after: after ?? undefined,
  });
  const edges = page.edges.map(({ cursor, node }) => ({ cursor, node: toAuditEventNode(node) }));
  return { edges, pageInfo: page.pageInfo, unreadableCount: unreadable };
}
