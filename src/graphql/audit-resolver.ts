import { GraphQLDateTime } from 'graphql-scalars';
import {
  Args,
  ArgsType,
  Field,
  ID,
  Int,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
} from 'type-graphql';
import type { AccountId } from '../accounts/account-id.js';
import {
  ADMINISTRATIVE_ACTS,
  AUDIT_EVENT_TYPES,
  COMMAND_LINE,
  type AdministrativeAct,
  type AuditEventType,
} from '../audit/events.js';
import type { AuditEntry } from '../audit/entry.js';
import type { AuditFilter } from '../audit/filter.js';
import type { WalletHistory } from '../audit/wallet-history.js';
import { AccountIdScalar } from './account-scalars.js';
import { assertPageSize, decodeCursor, encodeCursor, PageArgs, PageInfo } from './connection.js';
import { currentSession, RequestScope } from './authorization.js';
import type { RequestContext } from './context.js';

/** `session.token-reused` is `SESSION_TOKEN_REUSED` in GraphQL. */
const nameOf = (type: AuditEventType) => type.toUpperCase().replaceAll(/[.-]/g, '_');

const AuditEventTypeEnum = Object.fromEntries(
  AUDIT_EVENT_TYPES.map((type) => [nameOf(type), type]),
);

registerEnumType(AuditEventTypeEnum, {
  name: 'AuditEventType',
  description: 'The type of an audit event.',
  valuesConfig: {
    CHALLENGE_CREATED: { description: 'A client requested a nonce to sign.' },
    SIGN_IN_REFUSED: {
      description: 'A sign-in was refused. `reason` is the error code.',
    },
    SESSION_CREATED: { description: 'The wallet signed in.' },
    SESSION_REFRESHED: { description: 'The session got new tokens and a new idle timeout.' },
    SESSION_REAUTHENTICATED: { description: 'The wallet signed again in the same session.' },
    SESSION_TOKEN_REUSED: {
      description:
        'A used refresh token was presented again. It may be stolen, so the session was revoked.',
    },
    SESSION_RECORD_REFUSED: {
      description: 'The record of the session in the store was altered and was not accepted.',
    },
    SESSION_PROOF_REFUSED: {
      description:
        'A token of a session that is bound to a key was presented without a valid proof of that key. The token may be ' +
        'stolen; nothing has changed. `reason` says what was wrong with the proof. Each reason is recorded once a minute.',
    },
    SESSION_DEVICE_BOUND: {
      description:
        'The browser bound the session to a key of its device. Its cookies work in this browser only.',
    },
    SESSION_REVOKED: { description: 'The session ended. `reason` is a RevocationReason.' },
    ADMINISTRATION_PERFORMED: { description: 'An administrator performed an action.' },
    AUDIT_LOG_ENTRY_REFUSED: {
      description: 'Entries of the audit log were altered in the store and are missing from it.',
    },
    ADMINISTRATION_REFUSED: { description: 'An administrative action was refused.' },
  },
});

const AdministrativeActEnum = Object.fromEntries(ADMINISTRATIVE_ACTS.map((act) => [act, act]));

registerEnumType(AdministrativeActEnum, {
  name: 'AdministrativeAct',
  description: 'An action of an administrator.',
  valuesConfig: {
    READ_STATISTICS: { description: 'The administrator read the usage statistics.' },
    READ_SESSIONS: { description: 'The administrator read the sessions of a wallet.' },
    READ_AUDIT_EVENTS: {
      description: 'The administrator read or followed audit events, of one wallet or of all.',
    },
    REVOKE_SESSION: { description: 'The administrator revoked a session of a wallet.' },
    REVOKE_WALLET_SESSIONS: { description: 'The administrator revoked all sessions of a wallet.' },
    ROTATE_KEYS: {
      description: 'An operator encrypted the session records with the current key.',
    },
  },
});

@ObjectType('AuditEvent', {
  description: 'An audit event. It never contains a secret.',
})
export class AuditEventNode {
  @Field(() => ID, { description: 'The id of the event. It is not secret.' })
  id!: string;

  @Field(() => AuditEventTypeEnum, { description: 'The type of the event.' })
  type!: AuditEventType;

  @Field(() => GraphQLDateTime, { description: 'The time of the event.' })
  at!: Date;

  @Field(() => AccountIdScalar, {
    nullable: true,
    description:
      'The wallet concerned. In SIGN_IN_REFUSED, the claimed account: without proof, it may be a contract at its address.',
  })
  wallet!: string | null;

  @Field(() => ID, { nullable: true, description: 'The session concerned.' })
  sessionId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The error code of a refusal, or the RevocationReason of a session that ended.',
  })
  reason!: string | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When the session expires, or would have expired.',
  })
  expiresAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'The IP address of the request.' })
  ipAddress!: string | null;

  @Field(() => String, { nullable: true, description: 'The `User-Agent` of the request.' })
  userAgent!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The `X-Request-Id` of the request, as in its response and in the log.',
  })
  requestId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'In SESSION_REVOKED, the session that logged it out or, at a sign-in, took its place: `sessionId` itself if it logged ' +
      'itself out. Null if the session expired, or the service or an administrator revoked it.',
  })
  bySessionId!: string | null;

  @Field(() => AccountIdScalar, {
    nullable: true,
    description:
      'The administrator who acted; visible to administrators only. Null for actions on the command line of ' +
      'the service, which `userAgent` names.',
  })
  actor!: string | null;

  @Field(() => AdministrativeActEnum, {
    nullable: true,
    description: 'The action of the administrator.',
  })
  act!: AdministrativeAct | null;
}

@ArgsType()
export class AuditFilterArgs {
  @Field(() => [AuditEventTypeEnum], {
    nullable: true,
    description: 'Return only events of these types. Default: all types.',
  })
  types?: AuditEventType[] | null;

  @Field(() => AccountIdScalar, {
    nullable: true,
    description:
      'Return only events that concern this wallet, or in which it acted as administrator.',
  })
  wallet?: AccountId | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Return only events of requests from this IP address, as `ipAddress` of an event has it.',
  })
  ipAddress?: string | null;
}

export function toAuditFilter({ types, wallet, ipAddress }: AuditFilterArgs): AuditFilter {
  return {
    types: types ?? undefined,
    wallet: wallet ?? undefined,
    ipAddress: ipAddress ?? undefined,
  };
}

@ObjectType('AuditEventEdge', { description: 'An audit event in a connection.' })
class AuditEventEdge {
  @Field(() => String, { description: 'Pass it as `after` to get the following events.' })
  cursor!: string;

  @Field(() => AuditEventNode, { description: 'The event.' })
  node!: AuditEventNode;
}

@ObjectType('AuditEventConnection', { description: 'A page of audit events, newest first.' })
export class AuditEventConnection {
  @Field(() => [AuditEventEdge], { description: 'The events of this page.' })
  edges!: AuditEventEdge[];

  @Field(() => PageInfo, { description: 'Information about the page.' })
  pageInfo!: PageInfo;

  @Field(() => Int, {
    description:
      'Number of entries in the store that cannot be read: they were altered or moved, or encrypted ' +
      'with a key that is no longer configured. In allAuditEvents, those of this page.',
  })
  unreadableCount!: number;
}

export function toAuditEventNode(entry: AuditEntry): AuditEventNode {
  const { id, type, at, wallet, sessionId, reason, expiresAt, source } = entry;
  // The command line has no wallet; its user agent identifies it.
  const actor = entry.actor === COMMAND_LINE ? undefined : entry.actor;
  return {
    id,
    type,
    at: new Date(at),
    wallet: wallet ?? null,
    sessionId: sessionId ?? null,
    reason: reason ?? null,
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
    ipAddress: source.ipAddress ?? null,
    userAgent: source.userAgent ?? null,
    requestId: source.requestId ?? null,
    bySessionId: entry.bySessionId ?? null,
    actor: actor?.wallet ?? null,
    act: entry.act ?? null,
  };
}

@Resolver()
export class AuditResolver {
  @Query(() => AuditEventConnection, {
    description:
      'The audit events of the wallet, newest first, as long as the service keeps them, including refused ' +
      'sign-ins in its name. For an EOA, they include those of contracts at its address ' +
      '(EIP-7702). Only the latest refresh of each session is kept.',
  })
  async auditEvents(
    @Args() page: PageArgs,
    @RequestScope() context: RequestContext,
  ): Promise<AuditEventConnection> {
    return pageOfEntries(await historyOf(context), page);
  }
}

/** The histories that operations have read. */
const histories = new WeakMap<RequestContext, Promise<WalletHistory>>();

/**
 * Reads the history of all wallets that the session governs, once in an operation: aliases repeat the field, and each page
 * of one entry would read and decrypt them all.
 */
function historyOf(context: RequestContext): Promise<WalletHistory> {
  const wallets = context.sessions.governedBy(currentSession(context));
  const history = histories.get(context) ?? context.auditLog.ofWallets(wallets);
  histories.set(context, history);
  return history;
}

export function pageOfEntries(
  history: WalletHistory,
  { first, after }: PageArgs,
): AuditEventConnection {
  assertPageSize(first);
  const page = history.page(first, after == null ? undefined : decodeCursor(after));
  const edges = page.entries.map((entry) => ({
    cursor: encodeCursor(entry),
    node: toAuditEventNode(entry),
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasMore,
      hasPreviousPage: page.hasPrevious,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    // Counted only if the operation asks for it: all entries must be decrypted.
    get unreadableCount() {
      return history.unreadable;
    },
  };
}
