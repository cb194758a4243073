/* eslint-disable */
import * as types from './graphql.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query CurrentSession {\n  session {\n    ...SessionFields\n  }\n}\n\nquery Sessions($first: Int! = 100, $after: String) {\n  sessions(first: $first, after: $after) {\n    edges {\n      cursor\n      node {\n        ...SessionFields\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    totalCount\n  }\n}\n\nmutation Logout($sessionId: ID) {\n  logout(sessionId: $sessionId) {\n    sessionId\n  }\n}\n\nmutation LogoutAll($keepCurrent: Boolean! = false) {\n  logoutAll(keepCurrent: $keepCurrent) {\n    count\n    sessionIds\n  }\n}\n\nsubscription SessionRevoked($after: String) {\n  sessionRevoked(after: $after) {\n    sessionId\n    reason\n    revokedAt\n    cursor\n  }\n}": typeof types.CurrentSessionDocument,
    "fragment SessionFields on Session {\n  id\n  wallet\n  chainId\n  walletType\n  device\n  userAgent\n  ipAddress\n  current\n  createdAt\n  lastSeenAt\n  authenticatedAt\n  refreshFrom\n  expiresAt\n  absoluteExpiresAt\n}\n\nfragment GrantFields on SessionGrant {\n  session {\n    ...SessionFields\n  }\n  accessToken\n  accessTokenExpiresAt\n  refreshToken\n  refreshTokenExpiresAt\n  refreshFrom\n}\n\nmutation CreateSignInChallenge($address: Address, $chainId: SafeInt) {\n  createSignInChallenge(address: $address, chainId: $chainId) {\n    nonce\n    expiresAt\n    message\n  }\n}\n\nmutation SignIn($message: String!, $signature: String!, $walletType: String, $device: String) {\n  signIn(\n    message: $message\n    signature: $signature\n    walletType: $walletType\n    device: $device\n  ) {\n    ...GrantFields\n  }\n}\n\nmutation Refresh($refreshToken: String) {\n  refresh(refreshToken: $refreshToken) {\n    ...GrantFields\n  }\n}\n\nmutation Reauthenticate($message: String!, $signature: String!) {\n  reauthenticate(message: $message, signature: $signature) {\n    ...SessionFields\n  }\n}": typeof types.SessionFieldsFragmentDoc,
};
const documents: Documents = {
    "query CurrentSession {\n  session {\n    ...SessionFields\n  }\n}\n\nquery Sessions($first: Int! = 100, $after: String) {\n  sessions(first: $first, after: $after) {\n    edges {\n      cursor\n      node {\n        ...SessionFields\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    totalCount\n  }\n}\n\nmutation Logout($sessionId: ID) {\n  logout(sessionId: $sessionId) {\n    sessionId\n  }\n}\n\nmutation LogoutAll($keepCurrent: Boolean! = false) {\n  logoutAll(keepCurrent: $keepCurrent) {\n    count\n    sessionIds\n  }\n}\n\nsubscription SessionRevoked($after: String) {\n  sessionRevoked(after: $after) {\n    sessionId\n    reason\n    revokedAt\n    cursor\n  }\n}": types.CurrentSessionDocument,
    "fragment SessionFields on Session {\n  id\n  wallet\n  chainId\n  walletType\n  device\n  userAgent\n  ipAddress\n  current\n  createdAt\n  lastSeenAt\n  authenticatedAt\n  refreshFrom\n  expiresAt\n  absoluteExpiresAt\n}\n\nfragment GrantFields on SessionGrant {\n  session {\n    ...SessionFields\n  }\n  accessToken\n  accessTokenExpiresAt\n  refreshToken\n  refreshTokenExpiresAt\n  refreshFrom\n}\n\nmutation CreateSignInChallenge($address: Address, $chainId: SafeInt) {\n  createSignInChallenge(address: $address, chainId: $chainId) {\n    nonce\n    expiresAt\n    message\n  }\n}\n\nmutation SignIn($message: String!, $signature: String!, $walletType: String, $device: String) {\n  signIn(\n    message: $message\n    signature: $signature\n    walletType: $walletType\n    device: $device\n  ) {\n    ...GrantFields\n  }\n}\n\nmutation Refresh($refreshToken: String) {\n  refresh(refreshToken: $refreshToken) {\n    ...GrantFields\n  }\n}\n\nmutation Reauthenticate($message: String!, $signature: String!) {\n  reauthenticate(message: $message, signature: $signature) {\n    ...SessionFields\n  }\n}": types.SessionFieldsFragmentDoc,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query CurrentSession {\n  session {\n    ...SessionFields\n  }\n}\n\nquery Sessions($first: Int! = 100, $after: String) {\n  sessions(first: $first, after: $after) {\n    edges {\n      cursor\n      node {\n        ...SessionFields\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    totalCount\n  }\n}\n\nmutation Logout($sessionId: ID) {\n  logout(sessionId: $sessionId) {\n    sessionId\n  }\n}\n\nmutation LogoutAll($keepCurrent: Boolean! = false) {\n  logoutAll(keepCurrent: $keepCurrent) {\n    count\n    sessionIds\n  }\n}\n\nsubscription SessionRevoked($after: String) {\n  sessionRevoked(after: $after) {\n    sessionId\n    reason\n    revokedAt\n    cursor\n  }\n}"): (typeof documents)["query CurrentSession {\n  session {\n    ...SessionFields\n  }\n}\n\nquery Sessions($first: Int! = 100, $after: String) {\n  sessions(first: $first, after: $after) {\n    edges {\n      cursor\n      node {\n        ...SessionFields\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    totalCount\n  }\n}\n\nmutation Logout($sessionId: ID) {\n  logout(sessionId: $sessionId) {\n    sessionId\n  }\n}\n\nmutation LogoutAll($keepCurrent: Boolean! = false) {\n  logoutAll(keepCurrent: $keepCurrent) {\n    count\n    sessionIds\n  }\n}\n\nsubscription SessionRevoked($after: String) {\n  sessionRevoked(after: $after) {\n    sessionId\n    reason\n    revokedAt\n    cursor\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment SessionFields on Session {\n  id\n  wallet\n  chainId\n  walletType\n  device\n  userAgent\n  ipAddress\n  current\n  createdAt\n  lastSeenAt\n  authenticatedAt\n  refreshFrom\n  expiresAt\n  absoluteExpiresAt\n}\n\nfragment GrantFields on SessionGrant {\n  session {\n    ...SessionFields\n  }\n  accessToken\n  accessTokenExpiresAt\n  refreshToken\n  refreshTokenExpiresAt\n  refreshFrom\n}\n\nmutation CreateSignInChallenge($address: Address, $chainId: SafeInt) {\n  createSignInChallenge(address: $address, chainId: $chainId) {\n    nonce\n    expiresAt\n    message\n  }\n}\n\nmutation SignIn($message: String!, $signature: String!, $walletType: String, $device: String) {\n  signIn(\n    message: $message\n    signature: $signature\n    walletType: $walletType\n    device: $device\n  ) {\n    ...GrantFields\n  }\n}\n\nmutation Refresh($refreshToken: String) {\n  refresh(refreshToken: $refreshToken) {\n    ...GrantFields\n  }\n}\n\nmutation Reauthenticate($message: String!, $signature: String!) {\n  reauthenticate(message: $message, signature: $signature) {\n    ...SessionFields\n  }\n}"): (typeof documents)["fragment SessionFields on Session {\n  id\n  wallet\n  chainId\n  walletType\n  device\n  userAgent\n  ipAddress\n  current\n  createdAt\n  lastSeenAt\n  authenticatedAt\n  refreshFrom\n  expiresAt\n  absoluteExpiresAt\n}\n\nfragment GrantFields on SessionGrant {\n  session {\n    ...SessionFields\n  }\n  accessToken\n  accessTokenExpiresAt\n  refreshToken\n  refreshTokenExpiresAt\n  refreshFrom\n}\n\nmutation CreateSignInChallenge($address: Address, $chainId: SafeInt) {\n  createSignInChallenge(address: $address, chainId: $chainId) {\n    nonce\n    expiresAt\n    message\n  }\n}\n\nmutation SignIn($message: String!, $signature: String!, $walletType: String, $device: String) {\n  signIn(\n    message: $message\n    signature: $signature\n    walletType: $walletType\n    device: $device\n  ) {\n    ...GrantFields\n  }\n}\n\nmutation Refresh($refreshToken: String) {\n  refresh(refreshToken: $refreshToken) {\n    ...GrantFields\n  }\n}\n\nmutation Reauthenticate($message: String!, $signature: String!) {\n  reauthenticate(message: $message, signature: $signature) {\n    ...SessionFields\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;