/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocument } from '../typed-document.js';
/** Why a session ended. */
export type RevocationReason =
  /** An administrator revoked it. */
  | 'ADMIN'
  /** It was not refreshed in time, or reached its absolute timeout. */
  | 'EXPIRED'
  /** A newer sign-in replaced it at the session limit. */
  | 'LIMIT_EXCEEDED'
  /** The owner logged it out. */
  | 'LOGOUT'
  /** The owner logged out all sessions, or all other sessions. */
  | 'LOGOUT_ALL'
  /** A used refresh token was presented again: it may be stolen. */
  | 'TOKEN_REUSE';

export type SessionFieldsFragment = { readonly id: string, readonly wallet: string, readonly chainId: string, readonly walletType: string | null, readonly device: string | null, readonly userAgent: string | null, readonly ipAddress: string | null, readonly current: boolean, readonly createdAt: string, readonly lastSeenAt: string, readonly authenticatedAt: string, readonly refreshFrom: string, readonly expiresAt: string, readonly absoluteExpiresAt: string };

export type SessionQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionQuery = { readonly session: { readonly id: string, readonly wallet: string, readonly chainId: string, readonly walletType: string | null, readonly device: string | null, readonly userAgent: string | null, readonly ipAddress: string | null, readonly current: boolean, readonly createdAt: string, readonly lastSeenAt: string, readonly authenticatedAt: string, readonly refreshFrom: string, readonly expiresAt: string, readonly absoluteExpiresAt: string } | null };

export type SessionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SessionsQuery = { readonly sessions: { readonly totalCount: number, readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly wallet: string, readonly chainId: string, readonly walletType: string | null, readonly device: string | null, readonly userAgent: string | null, readonly ipAddress: string | null, readonly current: boolean, readonly createdAt: string, readonly lastSeenAt: string, readonly authenticatedAt: string, readonly refreshFrom: string, readonly expiresAt: string, readonly absoluteExpiresAt: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type LogoutMutationVariables = Exact<{
  sessionId?: string | number | null | undefined;
}>;


export type LogoutMutation = { readonly logout: { readonly sessionId: string } };

export type LogoutAllMutationVariables = Exact<{
  keepCurrent: boolean;
}>;


export type LogoutAllMutation = { readonly logoutAll: { readonly count: number, readonly sessionIds: ReadonlyArray<string> } };

export type SessionRevokedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type SessionRevokedSubscription = { readonly sessionRevoked: { readonly sessionId: string, readonly reason: RevocationReason, readonly revokedAt: string, readonly cursor: string } };

export type GrantFieldsFragment = { readonly accessToken: string | null, readonly refreshToken: string | null, readonly issuedAt: string, readonly session: { readonly id: string, readonly wallet: string, readonly chainId: string, readonly walletType: string | null, readonly device: string | null, readonly userAgent: string | null, readonly ipAddress: string | null, readonly current: boolean, readonly createdAt: string, readonly lastSeenAt: string, readonly authenticatedAt: string, readonly refreshFrom: string, readonly expiresAt: string, readonly absoluteExpiresAt: string } };

export type CreateSignInChallengeMutationVariables = Exact<{
  account?: string | null | undefined;
  chainId?: string | null | undefined;
}>;


export type CreateSignInChallengeMutation = { readonly createSignInChallenge: { readonly nonce: string, readonly domain: string, readonly uri: string, readonly statement: string, readonly chainId: string, readonly issuedAt: string, readonly expiresAt: string, readonly message: string | null } };

export type SignInMutationVariables = Exact<{
  message: string;
  signature: string;
  walletType?: string | null | undefined;
  device?: string | null | undefined;
  logoutOthers?: boolean | null | undefined;
}>;


export type SignInMutation = { readonly signIn: { readonly accessToken: string | null, readonly refreshToken: string | null, readonly issuedAt: string, readonly session: { readonly id: string, readonly wallet: string, readonly chainId: string, readonly walletType: string | null, readonly device: string | null, readonly userAgent: string | null, readonly ipAddress: string | null, readonly current: boolean, readonly createdAt: string, readonly lastSeenAt: string, readonly authenticatedAt: string, readonly refreshFrom: string, readonly expiresAt: string, readonly absoluteExpiresAt: string } } };

export type ReauthenticateMutationVariables = Exact<{
  message: string;
  signature: string;
}>;


export type ReauthenticateMutation = { readonly reauthenticate: { readonly id: string, readonly wallet: string, readonly chainId: string, readonly walletType: string | null, readonly device: string | null, readonly userAgent: string | null, readonly ipAddress: string | null, readonly current: boolean, readonly createdAt: string, readonly lastSeenAt: string, readonly authenticatedAt: string, readonly refreshFrom: string, readonly expiresAt: string, readonly absoluteExpiresAt: string } };

export type RefreshMutationVariables = Exact<{
  refreshToken?: string | null | undefined;
}>;


export type RefreshMutation = { readonly refresh: { readonly accessToken: string | null, readonly refreshToken: string | null, readonly issuedAt: string, readonly session: { readonly id: string, readonly wallet: string, readonly chainId: string, readonly walletType: string | null, readonly device: string | null, readonly userAgent: string | null, readonly ipAddress: string | null, readonly current: boolean, readonly createdAt: string, readonly lastSeenAt: string, readonly authenticatedAt: string, readonly refreshFrom: string, readonly expiresAt: string, readonly absoluteExpiresAt: string } } };

export const SessionDocument = 'query Session{session{...SessionFields}}fragment SessionFields on Session{id wallet chainId walletType device userAgent ipAddress current createdAt lastSeenAt authenticatedAt refreshFrom expiresAt absoluteExpiresAt}' as TypedDocument<SessionQuery, SessionQueryVariables>;

export const SessionsDocument = 'query Sessions($first:Int$after:String){sessions(first:$first after:$after){edges{node{...SessionFields}}pageInfo{hasNextPage endCursor}totalCount}}fragment SessionFields on Session{id wallet chainId walletType device userAgent ipAddress current createdAt lastSeenAt authenticatedAt refreshFrom expiresAt absoluteExpiresAt}' as TypedDocument<SessionsQuery, SessionsQueryVariables>;

export const LogoutDocument = 'mutation Logout($sessionId:ID){logout(sessionId:$sessionId){sessionId}}' as TypedDocument<LogoutMutation, LogoutMutationVariables>;

export const LogoutAllDocument = 'mutation LogoutAll($keepCurrent:Boolean!){logoutAll(keepCurrent:$keepCurrent){count sessionIds}}' as TypedDocument<LogoutAllMutation, LogoutAllMutationVariables>;

export const SessionRevokedDocument = 'subscription SessionRevoked($after:String){sessionRevoked(after:$after){sessionId reason revokedAt cursor}}' as TypedDocument<SessionRevokedSubscription, SessionRevokedSubscriptionVariables>;

export const CreateSignInChallengeDocument = 'mutation CreateSignInChallenge($account:AccountId$chainId:ChainId){createSignInChallenge(account:$account chainId:$chainId){nonce domain uri statement chainId issuedAt expiresAt message}}' as TypedDocument<CreateSignInChallengeMutation, CreateSignInChallengeMutationVariables>;

export const SignInDocument = 'mutation SignIn($message:String!$signature:String!$walletType:String$device:String$logoutOthers:Boolean){signIn(message:$message signature:$signature walletType:$walletType device:$device logoutOthers:$logoutOthers){...GrantFields}}fragment GrantFields on SessionGrant{session{...SessionFields}accessToken refreshToken issuedAt}fragment SessionFields on Session{id wallet chainId walletType device userAgent ipAddress current createdAt lastSeenAt authenticatedAt refreshFrom expiresAt absoluteExpiresAt}' as TypedDocument<SignInMutation, SignInMutationVariables>;

export const ReauthenticateDocument = 'mutation Reauthenticate($message:String!$signature:String!){reauthenticate(message:$message signature:$signature){...SessionFields}}fragment SessionFields on Session{id wallet chainId walletType device userAgent ipAddress current createdAt lastSeenAt authenticatedAt refreshFrom expiresAt absoluteExpiresAt}' as TypedDocument<ReauthenticateMutation, ReauthenticateMutationVariables>;

export const RefreshDocument = 'mutation Refresh($refreshToken:String){refresh(refreshToken:$refreshToken){...GrantFields}}fragment GrantFields on SessionGrant{session{...SessionFields}accessToken refreshToken issuedAt}fragment SessionFields on Session{id wallet chainId walletType device userAgent ipAddress current createdAt lastSeenAt authenticatedAt refreshFrom expiresAt absoluteExpiresAt}' as TypedDocument<RefreshMutation, RefreshMutationVariables>;