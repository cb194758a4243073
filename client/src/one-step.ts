import { isRejection } from './errors.js';
import type { Challenge, SignedMessage } from './signed-message.js';
import { writeMessage } from './message.js';
import { signerOfProvider, type Eip1193Provider, type MessageWallet } from './wallet.js';

/** The result of `wallet_connect` (ERC-7846), as far as it is read. */
interface Connected {
  readonly accounts?: readonly {
    readonly address: string;
    readonly capabilities?: { readonly signInWithEthereum?: Partial<SignedMessage> };
  }[];
}

/**
 * Makes a wallet that connects and signs in with one confirmation of its owner, for `client.signIn` and
 * `client.reauthenticate`: by `wallet_connect` with the capability `signInWithEthereum` (ERC-7846), and by
 * `eth_requestAccounts` and `personal_sign` if the provider does not support it.
 */
export function oneStep(provider: Eip1193Provider): MessageWallet {
  return {
    async signChallenge(challenge) {
      const [account] = (await connect(provider, challenge))?.accounts ?? [];
      const { message, signature } = account?.capabilities?.signInWithEthereum ?? {};
      if (message && signature) return { message, signature };
      return signInTwoSteps(provider, challenge);
    },
  };
}

/** Resolves to `undefined` if the provider does not support it. */
async function connect(
  provider: Eip1193Provider,
  { nonce, domain, uri, statement, chainId, issuedAt, expiresAt }: Challenge,
): Promise<Connected | undefined> {
  const signInWithEthereum = {
    version: '1',
    nonce,
    domain,
    uri,
    statement,
    chainId: `0x${Number(chainId.replace('eip155:', '')).toString(16)}`,
    issuedAt,
    expirationTime: expiresAt,
  };
  const params = [{ version: '1', capabilities: { signInWithEthereum } }];
  try {
    return (await provider.request({ method: 'wallet_connect', params })) as Connected;
  } catch (error) {
    // Wallets refuse methods that they do not know with different codes, or none.
    if (isRejection(error)) throw error;
    return undefined;
  }
}

/** A wallet that is connected already gives its account without asking its owner. */
async function signInTwoSteps(
  provider: Eip1193Provider,
  challenge: Challenge,
): Promise<SignedMessage> {
  const signer = await signerOfProvider(provider);
  const { account = '', chainId = '' } = signer;
  const address = account.slice(account.lastIndexOf(':') + 1);
  const message = writeMessage({ ...challenge, address, chainId });
  return signer.signChallenge({ ...challenge, message });
}
