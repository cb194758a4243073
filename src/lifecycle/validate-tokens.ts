import { WalletSessionsError } from '../errors.js';
import type { ClientInfo, Session, SessionGrant } from '../sessions/session.js';
import type { AccessCredential } from '../key-binding/proof.js';
import { authenticate } from './authenticate.js';
import { openSession, type SessionDomain } from './domain.js';
import { exchangeRefreshToken } from './refresh.js';
import type { Validation } from './validate.js';
import type { SessionRecord } from '../sessions/record.js';
import {
  currentPairOf,
  matchesHash,
  parseRefreshToken,
  type RefreshToken,
} from '../sessions/token.js';

/** The tokens of a client that stores them in cookies. */
export interface PresentedTokens {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** The short-lived cookie of a browser whose session is bound to its device. */
  readonly deviceCookie?: string | undefined;
}

/** The access token in cookies with what came beside it. */
const accessCredentialOf = ({
  accessToken,
  deviceCookie,
}: PresentedTokens): AccessCredential | undefined =>
  accessToken === undefined ? undefined : { accessToken, deviceCookie };

/** The result of validating both tokens of a client. */
export interface ValidatedTokens {
  /** The session; `undefined` if the tokens belong to no valid session. */
  readonly session: Session | undefined;
  /** New tokens if the session was refreshed. They must reach the client. */
  readonly grant?: SessionGrant | undefined;
}

/**
 * Validates a session by both its tokens, and refreshes it once its refresh window has opened. Within the grace period,
 * concurrent requests get the same new tokens, and a request with the old tokens is accepted by its refresh token. If new
 * tokens never arrive, the old ones are exchanged again until a pair has been used. Invalid tokens yield a request without
 * a session. No rate limit applies to them: a browser that still has the cookies of an ended session must be able to sign
 * in.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` or `RATE_LIMITED` from the function, if the session could not be
 * checked
 */
export function createAutomaticRefresh(
  domain: SessionDomain,
  validate: Validation,
  check: TokenCheck,
) {
  return async (tokens: PresentedTokens, source: ClientInfo): Promise<ValidatedTokens> => {
    const { refreshToken, deviceCookie } = tokens;
    const credential = accessCredentialOf(tokens);
    const session = await validate(credential, source);
    if (refreshToken === undefined) return { session };
    if (session !== undefined && domain.clock.now() < session.refreshFrom) return { session };
    try {
      const grant = await exchangeRefreshToken(domain, refreshToken, source, { deviceCookie });
      if (grant !== undefined) return { session: grant.session, grant };
    } catch (error) {
      if (!(error instanceof WalletSessionsError)) throw error;
      if (error.code !== 'REFRESH_TOKEN_INVALID') {
        // A session that could not be refreshed is still valid, and the next request tries again. So is a session whose
        // new tokens never arrived and that may not be refreshed again yet.
        const isLost = session === undefined && error.code === 'RATE_LIMITED';
        const valid = isLost ? await check(tokens, source, { current: false }) : session;
        if (valid !== undefined) return { session: valid };
        throw error;
      }
    }
    // A used refresh token may have just ended the session: ask the store.
    return { session: session && (await authenticate(domain, credential ?? '')) };
  };
}

/**
 * Validates a session by both its tokens without refreshing it. A used refresh token does not revoke its session here.
 * For callers that cannot give the client new tokens.
 *
 * A refresh supersedes the access token of a pair immediately. A request that was sent before the new pair arrived is
 * accepted by its refresh token, as long as a refresh with it would yield tokens.
 * @throws WalletSessionsError from the function: `SERVICE_UNAVAILABLE`; `KEY_PROOF_REQUIRED` if the session is bound to a
 * key
 */
type TokenCheck = (
  tokens: PresentedTokens,
  source: ClientInfo,
  options?: TokenCheckOptions,
) => Promise<Session | undefined>;

interface TokenCheckOptions {
  /** Whether a refresh token that was never exchanged is accepted. Default true. */
  readonly current?: boolean | undefined;
}

export function createTokenCheck(domain: SessionDomain, validate: Validation): TokenCheck {
  return async (tokens, source, { current = true } = {}) => {
    const { refreshToken, deviceCookie } = tokens;
    const session = await validate(accessCredentialOf(tokens), source);
    if (session !== undefined || refreshToken === undefined) return session;
    const token = parseRefreshToken(domain.keys, refreshToken);
    if (token === undefined) return undefined;
    const { partition, sessionId } = token;
    const record = await domain.store.find(partition, sessionId);
    if (record === undefined || record.expiresAt <= domain.clock.now()) return undefined;
    if (!current && token.generation === record.generation) return undefined;
    const opened = openSession(domain, partition, record);
    if (opened?.keyThumbprint !== undefined) {
      await domain.keyProofs.ofRefresh(opened, { deviceCookie }, source);
    }
    return (await proves(domain, token, record)) ? opened : undefined;
  };
}

/** Whether a refresh with the token would yield tokens. If it is the current token, marks its pair as used. */
async function proves(
  { store, keys, policy, clock }: SessionDomain,
  token: RefreshToken,
  record: SessionRecord,
): Promise<boolean> {
  const { keyId, generation, refreshHash, rotatedAt, used } = record;
  if (token.generation === generation) {
    if (!matchesHash(keys, keyId, token.text, refreshHash)) return false;
    return used || store.markUsed(token.partition, token.sessionId, generation);
  }
  const { refreshGrace: grace } = policy;
  const isUnused = token.generation === record.exchanged && !used && grace > 0;
  if (!isUnused && clock.now() >= rotatedAt + grace) return false;
  return currentPairOf(keys, token, record) !== undefined;
}
