import { print } from 'graphql';
import { ClientError, GraphQLClient, type Variables } from 'graphql-request';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  CreateSignInChallengeDocument,
  SignInDocument,
  type GrantFieldsFragment,
} from '../generated/graphql.js';
import { aWallet, type TestWallet } from './wallet.js';

/** A client of the API over HTTP, with the session of `accessToken` or without a session. */
export function apiClient(url: string, accessToken?: string | null): GraphQLClient {
  const headers = typeof accessToken === 'string' ? { authorization: `Bearer ${accessToken}` } : {};
  return new GraphQLClient(url, { headers, errorPolicy: 'none' });
}

/** A grant whose tokens are in the answer and not in cookies. */
export type TokenGrant = GrantFieldsFragment & { accessToken: string; refreshToken: string };

/** Signs in over HTTP: requests a challenge, signs it and sends it back. */
export async function signIn(
  url: string,
  wallet: TestWallet = aWallet(),
  described: { walletType?: string; device?: string; logoutOthers?: boolean } = {},
  headers: Record<string, string> = {},
): Promise<TokenGrant> {
  const client = new GraphQLClient(url, { headers });
  const { createSignInChallenge: challenge } = await client.request(CreateSignInChallengeDocument, {
    account: wallet.account,
  });
  const message = challenge.message ?? '';
  const signature = await wallet.sign(message);
  const { signIn: grant } = await client.request(SignInDocument, {
    message,
    signature,
    ...described,
  });
  const { accessToken, refreshToken } = grant;
  if (accessToken == null || refreshToken == null) throw new Error('The answer has no tokens.');
  return { ...grant, accessToken, refreshToken };
}

/** Resolves to the code of the first error in the answer. Rejects if the request succeeds. */
export async function refusalOf<Result, Values extends Variables>(
  client: GraphQLClient,
  document: TypedDocumentNode<Result, Values>,
  variables: Values,
): Promise<string> {
  try {
    await client.rawRequest(print(document), variables);
  } catch (error) {
    if (error instanceof ClientError) {
      return String(error.response.errors?.[0]?.extensions['code']);
    }
    throw error;
  }
  throw new Error('The request was not refused.');
}
