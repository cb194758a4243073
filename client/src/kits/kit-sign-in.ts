import type { Challenge, SignedMessage } from '../signed-message.js';
import type { WalletSessionsClient } from '../client.js';
import type { SignInOptions } from '../options.js';
import { writeMessage } from '../message.js';

/** What all adapters for kits accept. */
export interface KitOptions extends Pick<SignInOptions, 'walletType' | 'device'> {
  /** Called with errors that the kit does not report: of a sign-in, and of a sign-out. For a log. Default: nothing. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A nonce of the kit, and the account that it asks to sign. */
export interface KitMessage {
  readonly nonce: string;
  readonly address: string;
  readonly chainId: number;
}

/** The steps of a sign-in as a kit takes them: nonce, message, verification, sign-out. */
export interface KitSignIn {
  /** Gets a nonce before the account is known. */
  readonly getNonce: () => Promise<string>;
  /**
   * Writes the message. At once if the nonce can still be used: on a phone, only what follows a touch at once may open the
   * wallet. Otherwise with a new nonce.
   */
  readonly createMessage: (message: KitMessage) => string | Promise<string>;
  /** @throws what `completeSignIn` of the client throws */
  readonly verify: (signed: SignedMessage) => Promise<void>;
  /** Logs out the client's own session. Without a session, and while the service does not answer, it is gone here. */
  readonly signOut: () => Promise<void>;
}

/** A nonce is not used in the last moments of its life: the owner must still read and sign. */
const MARGIN = 30_000;

export function createKitSignIn(
  client: WalletSessionsClient,
  { onError, ...described }: KitOptions = {},
): KitSignIn {
  /** Challenges that were not sent back yet, by nonce, with when they are too old to sign. */
  const open = new Map<string, { readonly challenge: Challenge; readonly until: number }>();

  async function createChallenge(): Promise<Challenge> {
    const challenge = await client.createChallenge();
    // How long it lives, not when it ends: this machine's clock may be wrong.
    const life = Date.parse(challenge.expiresAt) - Date.parse(challenge.issuedAt);
    for (const [nonce, { until }] of open) if (until < Date.now()) open.delete(nonce);
    open.set(challenge.nonce, { challenge, until: Date.now() + life - MARGIN });
    return challenge;
  }

  return {
    getNonce: async () => (await createChallenge()).nonce,

    createMessage({ nonce, ...account }) {
      const known = open.get(nonce);
      if (known !== undefined && Date.now() < known.until) {
        return writeMessage({ ...known.challenge, ...account });
      }
      return createChallenge().then((challenge) => writeMessage({ ...challenge, ...account }));
    },

    async verify({ message, signature }) {
      // Refused or not: it works once.
      for (const nonce of open.keys())
        if (message.includes(`\nNonce: ${nonce}\n`)) open.delete(nonce);
      try {
        await client.completeSignIn({ message, signature, ...described });
      } catch (error) {
        onError?.(error);
        throw error;
      }
    },

    async signOut() {
      await client.ready;
      const id = client.state.session?.id;
      if (id === undefined) return;
      try {
        await client.logout(id);
      } catch (error) {
        onError?.(error);
        // Not another session, which may have begun meanwhile.
        if (client.state.session?.id === id) await client.forget();
      }
    },
  };
}
