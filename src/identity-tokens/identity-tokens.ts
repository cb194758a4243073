import { createPublicKey } from 'node:crypto';
import type { Clock } from '../clock.js';
import { WalletSessionsError } from '../errors.js';
import { createLocalBudget } from '../rate-limits/local-budget.js';
import type { Rate } from '../rate-limits/rate-limits.js';
import type { KeyRing } from '../sessions/key-ring.js';
import type { Session } from '../sessions/session.js';
import type { IdentityTokenPolicy } from './policy.js';
import { signingKeyOf } from './signing-key.js';

/** A signed JWT (RFC 7519) that tells a server of its audience who has a session. */
export interface IdentityToken {
  readonly token: string;
  /** When it expires, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Public keys (RFC 7517). */
export interface JsonWebKeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Issues short-lived JWTs that tell other servers who has a session, and publishes the keys to verify them with. */
export interface IdentityTokens {
  /** Whether audiences are configured. */
  readonly areIssued: boolean;
  /**
   * Issues a token of at most 60 seconds, which stays valid if the session ends in the meantime. At most 60 a minute for each
   * session at one instance.
   * @param audience one of the configured audiences
   * @throws WalletSessionsError `IDENTITY_TOKENS_DISABLED`, `BAD_USER_INPUT` for another audience, `RATE_LIMITED`
   */
  issue(session: Session, audience: string): Promise<IdentityToken>;
  /**
   * The public keys: one for each session key, that which signs first.
   * @throws WalletSessionsError `IDENTITY_TOKENS_DISABLED`
   */
  publicKeys(): Promise<JsonWebKeySet>;
}

/** Seconds. An identity token outlives a logout by at most this. */
const LIFETIME = 60;

/** Tokens for each session at this instance. */
const RATE: Rate = { acts: 60, window: 60_000 };

export interface IdentityTokensOptions {
  readonly policy: IdentityTokenPolicy;
  /** The issuer in tokens: the origin of the service. */
  readonly issuer: string;
  readonly keys: KeyRing;
  readonly clock: Clock;
}

export function createIdentityTokens(options: IdentityTokensOptions): IdentityTokens {
  const { issuer, keys, clock } = options;
  const { algorithm } = options.policy;
  const audiences: readonly string[] = options.policy.audiences ?? [];
  const issued = createLocalBudget(RATE);
  let signer: Promise<Signer> | undefined;

  function assertEnabled(): void {
    if (audiences.length === 0) throw new WalletSessionsError('IDENTITY_TOKENS_DISABLED');
  }

  const currentSigner = () => (signer ??= createSigner(keys, algorithm));

  return {
    areIssued: audiences.length > 0,
    async issue(session, audience) {
      assertEnabled();
      if (!audiences.includes(audience)) {
        const message = 'audience must be one of the audiences that the operator has allowed.';
        throw new WalletSessionsError('BAD_USER_INPUT', message);
      }
      const wait = issued.spend(session.id);
      if (wait > 0) throw new WalletSessionsError('RATE_LIMITED', undefined, { retryAfter: wait });
      const now = Math.floor(clock.now() / 1000);
      // It never outlives the session itself.
      const exp = Math.min(now + LIFETIME, Math.floor(session.expiresAt / 1000));
      const { sign } = await currentSigner();
      const token = await sign({
        iss: issuer,
        sub: session.wallet,
        aud: audience,
        iat: now,
        exp,
        sid: session.id,
        auth_time: Math.floor(session.authenticatedAt / 1000),
        // A server that gets the token can ask for a proof of the key (RFC 9449, section 6.1).
        // The key of a device signs no proofs for other servers.
        ...(session.deviceBoundAt === undefined &&
          session.keyThumbprint !== undefined && { cnf: { jkt: session.keyThumbprint } }),
      });
      return { token, expiresAt: exp * 1000 };
    },
    async publicKeys() {
      assertEnabled();
      return { keys: (await currentSigner()).published };
    },
  };
}

interface Signer {
  readonly published: JsonWebKeySet['keys'];
  readonly sign: (claims: Readonly<Record<string, unknown>>) => Promise<string>;
}

/** Loads `jose`, which only applications that issue tokens install. */
async function loadJose() {
  try {
    return await import('jose');
  } catch (cause) {
    throw new Error('Identity tokens need the package jose: npm install jose', { cause });
  }
}

async function createSigner(
  keys: KeyRing,
  algorithm: IdentityTokenPolicy['algorithm'],
): Promise<Signer> {
  const { calculateJwkThumbprint, exportJWK, SignJWT } = await loadJose();
  const published = await Promise.all(
    keys.ids.map(async (id) => {
      const jwk = await exportJWK(createPublicKey(signingKeyOf(keys, id, algorithm)));
      return { ...jwk, alg: algorithm, use: 'sig', kid: await calculateJwkThumbprint(jwk) };
    }),
  );
  const key = signingKeyOf(keys, keys.currentId, algorithm);
  // The current key is the first.
  const header = { alg: algorithm, typ: 'JWT', kid: published[0]?.kid ?? '' };
  return {
    published,
    sign: (claims) => new SignJWT(claims).setProtectedHeader(header).sign(key),
  };
}
