/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocument } from '../../client/src/index.js';
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


export type ActivityQuery = { readonly auditEvents: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly type: AuditEventType, readonly at: string, readonly sessionId: string | null, readonly reason: string | null, readonly ipAddress: string | null, readonly userAgent: string | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export const ActivityDocument = 'query Activity($first:Int!$after:String){auditEvents(first:$first after:$after){edges{node{id type at sessionId reason ipAddress userAgent}}pageInfo{hasNextPage endCursor}}}' as TypedDocument<ActivityQuery, ActivityQueryVariables>;