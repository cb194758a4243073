/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocument } from '../../client/src/index.js';
/** An action of an administrator. */
export type AdministrativeAct =
  /** The administrator read or followed audit events, of one wallet or of all. */
  | 'READ_AUDIT_EVENTS'
  /** The administrator read the sessions of a wallet. */
  | 'READ_SESSIONS'
  /** The administrator read the usage statistics. */
  | 'READ_STATISTICS'
  /** The administrator revoked a session of a wallet. */
  | 'REVOKE_SESSION'
  /** The administrator revoked all sessions of a wallet. */
  | 'REVOKE_WALLET_SESSIONS'
  /** An operator encrypted the session records with the current key. */
  | 'ROTATE_KEYS';

/** The type of an audit event. */
export type AuditEventType =
  /** An administrator performed an action. */
  | 'ADMINISTRATION_PERFORMED'
  /** An administrative action was refused. */
  | 'ADMINISTRATION_REFUSED'
  /** Entries of the audit log were altered in the store and are missing from it. */
  | 'AUDIT_LOG_ENTRY_REFUSED'
  /** A client requested a nonce to sign. */
  | 'CHALLENGE_CREATED'
  /** The wallet signed in. */
  | 'SESSION_CREATED'
  /** The browser bound the session to a key of its device. Its cookies work in this browser only. */
  | 'SESSION_DEVICE_BOUND'
  /** A token of a session that is bound to a key was presented without a valid proof of that key. The token may be stolen; nothing has changed. `reason` says what was wrong with the proof. Each reason is recorded once a minute. */
  | 'SESSION_PROOF_REFUSED'
  /** The wallet signed again in the same session. */
  | 'SESSION_REAUTHENTICATED'
  /** The record of the session in the store was altered and was not accepted. */
  | 'SESSION_RECORD_REFUSED'
  /** The session got new tokens and a new idle timeout. */
  | 'SESSION_REFRESHED'
  /** The session ended. `reason` is a RevocationReason. */
  | 'SESSION_REVOKED'
  /** A used refresh token was presented again. It may be stolen, so the session was revoked. */
  | 'SESSION_TOKEN_REUSED'
  /** A sign-in was refused. `reason` is the error code. */
  | 'SIGN_IN_REFUSED';

export type ActivityQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ActivityQuery = { readonly auditEvents: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly type: AuditEventType, readonly at: string, readonly sessionId: string | null, readonly bySessionId: string | null, readonly reason: string | null, readonly ipAddress: string | null, readonly userAgent: string | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type IsAdministratorQueryVariables = Exact<{ [key: string]: never; }>;


export type IsAdministratorQuery = { readonly isAdministrator: boolean };

export type PeriodFieldsFragment = { readonly from: string, readonly signIns: number, readonly refreshes: number, readonly refusals: ReadonlyArray<{ readonly reason: string, readonly count: number }>, readonly revocations: ReadonlyArray<{ readonly reason: string, readonly count: number }> };

export type StatisticsQueryVariables = Exact<{
  hours: number;
}>;


export type StatisticsQuery = { readonly statistics: { readonly activeSessions: number, readonly wallets: number, readonly dashboardUrl: string | null, readonly hours: ReadonlyArray<{ readonly from: string, readonly signIns: number, readonly refreshes: number, readonly refusals: ReadonlyArray<{ readonly reason: string, readonly count: number }>, readonly revocations: ReadonlyArray<{ readonly reason: string, readonly count: number }> }> } };

export type WalletSessionsQueryVariables = Exact<{
  wallet: string;
  first: number;
  after?: string | null | undefined;
}>;


export type WalletSessionsQuery = { readonly walletSessions: { readonly totalCount: number, readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly wallet: string, readonly walletType: string | null, readonly device: string | null, readonly userAgent: string | null, readonly ipAddress: string | null, readonly place: string | null, readonly keyBound: boolean, readonly current: boolean, readonly createdAt: string, readonly lastSeenAt: string, readonly expiresAt: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type AuditEventFieldsFragment = { readonly id: string, readonly type: AuditEventType, readonly at: string, readonly wallet: string | null, readonly sessionId: string | null, readonly reason: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly userAgent: string | null, readonly requestId: string | null, readonly actor: string | null, readonly act: AdministrativeAct | null };

export type WalletAuditEventsQueryVariables = Exact<{
  wallet: string;
  first: number;
  after?: string | null | undefined;
}>;


export type WalletAuditEventsQuery = { readonly walletAuditEvents: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly type: AuditEventType, readonly at: string, readonly wallet: string | null, readonly sessionId: string | null, readonly reason: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly userAgent: string | null, readonly requestId: string | null, readonly actor: string | null, readonly act: AdministrativeAct | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type AllAuditEventsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  types?: ReadonlyArray<AuditEventType> | AuditEventType | null | undefined;
  wallet?: string | null | undefined;
  ipAddress?: string | null | undefined;
}>;


export type AllAuditEventsQuery = { readonly allAuditEvents: { readonly unreadableCount: number, readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly type: AuditEventType, readonly at: string, readonly wallet: string | null, readonly sessionId: string | null, readonly reason: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly userAgent: string | null, readonly requestId: string | null, readonly actor: string | null, readonly act: AdministrativeAct | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type AuditEventRecordedSubscriptionVariables = Exact<{
  types?: ReadonlyArray<AuditEventType> | AuditEventType | null | undefined;
  wallet?: string | null | undefined;
  ipAddress?: string | null | undefined;
}>;


export type AuditEventRecordedSubscription = { readonly auditEventRecorded: { readonly id: string, readonly type: AuditEventType, readonly at: string, readonly wallet: string | null, readonly sessionId: string | null, readonly reason: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly userAgent: string | null, readonly requestId: string | null, readonly actor: string | null, readonly act: AdministrativeAct | null } };

export type RevokeSessionMutationVariables = Exact<{
  wallet: string;
  sessionId: string | number;
}>;


export type RevokeSessionMutation = { readonly revokeSession: { readonly sessionId: string } };

export type RevokeWalletSessionsMutationVariables = Exact<{
  wallet: string;
}>;


export type RevokeWalletSessionsMutation = { readonly revokeWalletSessions: { readonly count: number } };

export type ListedSessionsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ListedSessionsQuery = { readonly sessions: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly wallet: string, readonly chainId: string, readonly walletType: string | null, readonly device: string | null, readonly userAgent: string | null, readonly ipAddress: string | null, readonly place: string | null, readonly keyBound: boolean, readonly current: boolean, readonly createdAt: string, readonly lastSeenAt: string, readonly authenticatedAt: string, readonly refreshFrom: string, readonly expiresAt: string, readonly absoluteExpiresAt: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export const ActivityDocument = 'query Activity($first:Int!$after:String){auditEvents(first:$first after:$after){edges{node{id type at sessionId bySessionId reason ipAddress userAgent}}pageInfo{hasNextPage endCursor}}}' as TypedDocument<ActivityQuery, ActivityQueryVariables>;

export const IsAdministratorDocument = 'query IsAdministrator{isAdministrator}' as TypedDocument<IsAdministratorQuery, IsAdministratorQueryVariables>;

export const StatisticsDocument = 'query Statistics($hours:Int!){statistics(hours:$hours){activeSessions wallets dashboardUrl hours{...PeriodFields}}}fragment PeriodFields on StatisticsPeriod{from signIns refreshes refusals{reason count}revocations{reason count}}' as TypedDocument<StatisticsQuery, StatisticsQueryVariables>;

export const WalletSessionsDocument = 'query WalletSessions($wallet:AccountId!$first:Int!$after:String){walletSessions(wallet:$wallet first:$first after:$after){edges{node{id wallet walletType device userAgent ipAddress place keyBound current createdAt lastSeenAt expiresAt}}totalCount pageInfo{hasNextPage endCursor}}}' as TypedDocument<WalletSessionsQuery, WalletSessionsQueryVariables>;

export const WalletAuditEventsDocument = 'query WalletAuditEvents($wallet:AccountId!$first:Int!$after:String){walletAuditEvents(wallet:$wallet first:$first after:$after){edges{node{...AuditEventFields}}pageInfo{hasNextPage endCursor}}}fragment AuditEventFields on AuditEvent{id type at wallet sessionId reason expiresAt ipAddress userAgent requestId actor act}' as TypedDocument<WalletAuditEventsQuery, WalletAuditEventsQueryVariables>;

export const AllAuditEventsDocument = 'query AllAuditEvents($first:Int!$after:String$types:[AuditEventType!]$wallet:AccountId$ipAddress:String){allAuditEvents(first:$first after:$after types:$types wallet:$wallet ipAddress:$ipAddress){edges{node{...AuditEventFields}}pageInfo{hasNextPage endCursor}unreadableCount}}fragment AuditEventFields on AuditEvent{id type at wallet sessionId reason expiresAt ipAddress userAgent requestId actor act}' as TypedDocument<AllAuditEventsQuery, AllAuditEventsQueryVariables>;

export const AuditEventRecordedDocument = 'subscription AuditEventRecorded($types:[AuditEventType!]$wallet:AccountId$ipAddress:String){auditEventRecorded(types:$types wallet:$wallet ipAddress:$ipAddress){...AuditEventFields}}fragment AuditEventFields on AuditEvent{id type at wallet sessionId reason expiresAt ipAddress userAgent requestId actor act}' as TypedDocument<AuditEventRecordedSubscription, AuditEventRecordedSubscriptionVariables>;

export const RevokeSessionDocument = 'mutation RevokeSession($wallet:AccountId!$sessionId:ID!){revokeSession(wallet:$wallet sessionId:$sessionId){sessionId}}' as TypedDocument<RevokeSessionMutation, RevokeSessionMutationVariables>;

export const RevokeWalletSessionsDocument = 'mutation RevokeWalletSessions($wallet:AccountId!){revokeWalletSessions(wallet:$wallet){count}}' as TypedDocument<RevokeWalletSessionsMutation, RevokeWalletSessionsMutationVariables>;

export const ListedSessionsDocument = 'query ListedSessions($first:Int!$after:String){sessions(first:$first after:$after){edges{node{id wallet chainId walletType device userAgent ipAddress place keyBound current createdAt lastSeenAt authenticatedAt refreshFrom expiresAt absoluteExpiresAt}}pageInfo{hasNextPage endCursor}}}' as TypedDocument<ListedSessionsQuery, ListedSessionsQueryVariables>;