import { GraphQLDateTime, GraphQLSafeInt } from 'graphql-scalars';
import {
  Field,
  ID,
  Int,
  ObjectType,
  registerEnumType,
  Args,
  Authorized,
  Ctx,
  Query,
  Resolver,
} from 'type-graphql';
import {
  ADMINISTRATIVE_ACTS,
  AUDIT_EVENT_TYPES,
  COMMAND_LINE,
  type AdministrativeAct,
  type AuditEventType,
} from '../audit/events.js';
import type { AuditEntry } from '../audit/entry.js';
import { AddressScalar } from './address.js';
import { PageInfo, connectionOf, PageArgs } from './connection.js';
import type { WalletHistory } from '../audit/audit-log.js';
import { currentSession } from './authorization.js';
import type { WalletSessionsContext } from './context.js';

/** `session.token-reused` is `SESSION_TOKEN_REUSED` in GraphQL. */
const nameOf = (type: AuditEventType) => type.toUpperCase().replaceAll(/[.-]/g, '_');

const AuditEventTypeEnum = Object.fromEntries(
  AUDIT_EVENT_TYPES.map((type) => [nameOf(type), type]),
);

registerEnumType(AuditEventTypeEnum, {
  name: 'AuditEventType',
  description: 'What happened.',
  valuesConfig: {
    CHALLENGE_CREATED: { description: 'Somebody asked for a nonce to sign.' },
    SIGN_IN_REFUSED: {
      description: 'A sign-in was refused; `reason` is the error code.',
    },
    SESSION_CREATED: { description: 'The wallet signed in.' },
    SESSION_REFRESHED: { description: 'The session got new tokens and a new idle timeout.' },
    SESSION_REAUTHENTICATED: { description: 'The wallet signed again, in the same session.' },
    SESSION_TOKEN_REUSED: {
      description: 'A used refresh token came back: it may be stolen, so the session was ended.',
    },
    SESSION_RECORD_REFUSED: {
      description: 'The session’s record in the store was altered, so it was not accepted.',
    },
    SESSION_REVOKED: { description: 'The session ended; `reason` is a RevocationReason.' },
    ADMINISTRATION_PERFORMED: { description: 'An administrator did something.' },
    AUDIT_LOG_ENTRY_REFUSED: {
      description:
        'Entries of the audit log were altered in the store, so they are missing from it.',
    },
    ADMINISTRATION_REFUSED: { description: 'An act of administration was refused.' },
  },
});

const AdministrativeActEnum = Object.fromEntries(ADMINISTRATIVE_ACTS.map((act) => [act, act]));

registerEnumType(AdministrativeActEnum, {
  name: 'AdministrativeAct',
  description: 'What an administrator did.',
});

@ObjectType('AuditEvent', {
  description: 'Something that happened in the life of a session. It never holds a secret.',
})
class AuditEventNode {
  @Field(() => ID, { description: 'Names the event; no secret.' })
  id!: string;

  @Field(() => AuditEventTypeEnum, { description: 'What happened.' })
  type!: AuditEventType;

  @Field(() => GraphQLDateTime, { description: 'When it happened.' })
  at!: Date;

  @Field(() => AddressScalar, {
    nullable: true,
    description: 'The wallet that it is about; in SIGN_IN_REFUSED the one that was claimed.',
  })
  wallet!: string | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: 'The chain of that wallet, where it is a contract.',
  })
  contractChainId!: number | null;

  @Field(() => ID, { nullable: true, description: 'The session that it is about.' })
  sessionId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'An error code or a RevocationReason, where something was refused or ended.',
  })
  reason!: string | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When the session would end, or would have ended, by itself.',
  })
  expiresAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'The IP address of the request.' })
  ipAddress!: string | null;

  @Field(() => String, { nullable: true, description: 'The `User-Agent` of the request.' })
  userAgent!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The `X-Request-Id` of the request, as in its answer and in the log.',
  })
  requestId!: string | null;

  @Field(() => AddressScalar, {
    nullable: true,
    description:
      'The administrator who acted; for administrators only. None for whoever acted at the command line of ' +
      'the service, which `userAgent` then says.',
  })
  actor!: string | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: 'The chain of the administrator’s wallet, where it is a contract.',
  })
  actorContractChainId!: number | null;

  @Field(() => AdministrativeActEnum, {
    nullable: true,
    description: 'What the administrator did.',
  })
  act!: AdministrativeAct | null;
}

@ObjectType({ description: 'An audit event in a list, with its place there.' })
class AuditEventEdge {
  @Field(() => String, { description: 'Give it as `after` to get what follows.' })
  cursor!: string;

  @Field(() => AuditEventNode, { description: 'The event.' })
  node!: AuditEventNode;
}

@ObjectType({ description: 'A page of audit events, newest first.' })
export class AuditEventConnection {
  @Field(() => [AuditEventEdge], { description: 'The events of this page.' })
  edges!: AuditEventEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;

  @Field(() => Int, {
    description:
      'Entries that the store has and that cannot be shown: they were altered or moved there, or sealed ' +
      'under a key that is configured no longer. In a list of everybody’s events, those of this page.',
  })
  unreadableCount!: number;
}

export function toAuditEventNode(entry: AuditEntry): AuditEventNode {
  const { id, type, at, wallet, sessionId, reason, expiresAt, source } = entry;
  // The command line has no wallet: its user agent says so.
  const actor = entry.actor === COMMAND_LINE ? undefined : entry.actor;
  return {
    id,
    type,
    at: new Date(at),
    wallet: wallet ?? null,
    contractChainId: entry.contractChainId ?? null,
    sessionId: sessionId ?? null,
    reason: reason ?? null,
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
    ipAddress: source.ipAddress ?? null,
    userAgent: source.userAgent ?? null,
    requestId: source.requestId ?? null,
    actor: actor?.wallet ?? null,
    actorContractChainId: actor?.contractChainId ?? null,
    act: entry.act ?? null,
  };
}

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
