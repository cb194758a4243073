import { askGraphQL } from './start.js';

export const CHALLENGE = `mutation ($account: AccountId!) {
  createSignInChallenge(account: $account) { message }
}`;

export const SIGN_IN = `mutation ($message: String!, $signature: String!) {
  signIn(message: $message, signature: $signature) {
    session { id } accessToken refreshToken
  }
}`;

/** Signs in over the API; gives the grant. @param headers of the last request, such as a proof of a key */
export async function signIn(url, wallet, headers = {}) {
  const { createSignInChallenge } = await askGraphQL(url, CHALLENGE, {
    variables: { account: wallet.account },
  });
  const { message } = createSignInChallenge;
  const variables = { message, signature: wallet.sign(message) };
  return (await askGraphQL(url, SIGN_IN, { variables, headers })).signIn;
}
