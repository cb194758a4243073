import { WalletSessionsError } from '../errors.js';
import { encryptDetails, type SessionDetails } from '../sessions/details.js';
import { expiryFrom, refreshFrom } from '../sessions/policy.js';
import {
  newSessionId,
  type Capabilities,
  type ClientInfo,
  type Session,
  type SessionGrant,
} from '../sessions/session.js';
import type { SessionRecord } from '../sessions/record.js';
import type { EndedSession, InsertOutcome } from '../sessions/store.js';
import { firstTokens } from '../sessions/token.js';
import type { ChainId } from '../accounts/account-id.js';
import { identityOf, partitionOf, type WalletIdentity } from '../accounts/wallet.js';
import { auditEnds, confirmEnds } from './ends.js';
import { contractsOf, endContracts } from './contracts-of-account.js';
import { openSession, type SessionDomain } from './domain.js';
import { authorityOf } from './logout.js';

/** A session to create for an authenticated wallet. */
export interface NewSession extends WalletIdentity {
  /** The CAIP-2 chain id of the chain on which it signed in. */
  readonly chainId: ChainId;
  readonly walletType?: string | undefined;
  readonly device?: string | undefined;
  /** The id of the application's user to whom the session is linked. */
  readonly userId?: string | undefined;
  /** The thumbprint of the client's key to bind the session to. Default: none, and its tokens are bearer tokens. */
  readonly keyThumbprint?: string | undefined;
  /** What the message granted besides the sign-in. Default: nothing. */
  readonly capabilities?: Capabilities | undefined;
  /**
   * Whether to log out all other sessions of the wallet with `LOGOUT_ALL`, in the same atomic step that adds this one. The
   * limit then does not apply. Default false.
   */
  readonly logoutOthers?: boolean | undefined;
}

/**
 * Creates a session for an authenticated wallet.
 * @throws WalletSessionsError `SESSION_LIMIT_REACHED` if the limit is reached and the policy is to refuse;
 * `SERVICE_UNAVAILABLE`. With `logoutOthers`, the session may have been created and others may have ended before
 * `SERVICE_UNAVAILABLE`
 */
export async function createSession(
  domain: SessionDomain,
  { logoutOthers, ...described }: NewSession,
  source: ClientInfo,
): Promise<SessionGrant> {
  const { store, keys, policy, clock, audit } = domain;
  const { chainId, walletType, device, userId, keyThumbprint, capabilities } = described;
  const now = clock.now();
  const id = newSessionId(now);
  const wallet = identityOf(described);
  const partition = partitionOf(wallet);
  const tokens = firstTokens(keys, partition, id);
  const { userAgent, ipAddress } = source;
  const details: SessionDetails = {
    ...wallet,
    chainId,
    walletType,
    device,
    userAgent,
    userId,
    keyThumbprint,
    capabilities,
    lastSeenAt: now,
    ipAddress,
  };
  const absoluteExpiresAt = now + policy.absoluteTimeout;
  const bound = { id, createdAt: now, authenticatedAt: now, absoluteExpiresAt };
  const unrotated = { generation: 0, rotatedAt: now };
  const record: SessionRecord = {
    ...tokens.hashes,
    exchanged: 0,
    used: true,
    countedFrom: 0,
    countedGeneration: 0,
    bridge: new Uint8Array(),
    ...bound,
    expiresAt: expiryFrom(policy, now, absoluteExpiresAt),
    ...unrotated,
    details: encryptDetails(keys, partition, bound, details),
  };
  const { expiresAt } = record;
  const room =
    logoutOthers === true ? 'end-others' : { max: policy.limit, onLimit: policy.onLimit };
  const ended: EndedSession[] = [];
  let kind: InsertOutcome['kind'];
  do {
    const outcome = await store.insert(partition, record, room, now);
    kind = outcome.kind;
    if (kind === 'inserted') {
      audit({ type: 'session.created', at: now, ...wallet, sessionId: id, expiresAt, source });
    }
    // Audited after each step, because these sessions have ended even if the next step fails.
    auditEnds(domain, wallet, outcome.ended, { source, by: id });
    ended.push(...outcome.ended);
  } while (kind === 'crowded');
  if (kind === 'full') throw new WalletSessionsError('SESSION_LIMIT_REACHED');
  if (logoutOthers === true) {
    await confirmEnds(domain, partition, ended);
    const authority = authorityOf(domain, bound);
    const ending = { reason: 'LOGOUT_ALL', source, by: id, authority } as const;
    await endContracts(domain, contractsOf(domain, wallet), ending);
  }
  return {
    session: {
      ...bound,
      ...unrotated,
      ...details,
      refreshFrom: refreshFrom(policy, expiresAt),
      expiresAt,
    },
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    issuedAt: now,
  };
}

/**
 * Records that the session's wallet has just signed again. Tokens and timeouts do not change.
 * @throws WalletSessionsError `UNAUTHENTICATED` if the session has ended; `SERVICE_UNAVAILABLE`
 */
export async function reauthenticateSession(
  domain: SessionDomain,
  session: Session,
  source: ClientInfo,
): Promise<Session> {
  const { clock, audit } = domain;
  const now = clock.now();
  let current: Session | undefined = session;
  while (current !== undefined) {
    const renewed = await renew(domain, current, now);
    if (renewed !== undefined) {
      const which = { ...identityOf(session), sessionId: session.id };
      audit({ type: 'session.reauthenticated', at: now, ...which, source });
      return renewed;
    }
    current = await readChanged(domain, current, now);
  }
  throw new WalletSessionsError('UNAUTHENTICATED');
}

/** @returns `undefined` if the session has ended, or has been changed together with its `authenticatedAt` */
async function renew(
  domain: SessionDomain,
  session: Session,
  now: number,
): Promise<Session | undefined> {
  const partition = partitionOf(session);
  const to = { ...session, authenticatedAt: now };
  const details = encryptDetails(domain.keys, partition, to, session);
  const { id, authenticatedAt } = session;
  const record = await domain.store.reauthenticate(partition, id, details, authenticatedAt, now);
  return record && openSession(domain, partition, record);
}

/** Reads the session again. Returns `undefined` if it has ended, or has the same `authenticatedAt`. */
async function readChanged(
  domain: SessionDomain,
  { id, authenticatedAt, ...wallet }: Session,
  now: number,
): Promise<Session | undefined> {
  const partition = partitionOf(wallet);
  const record = await domain.store.find(partition, id);
  if (record === undefined || record.expiresAt <= now) return undefined;
  if (record.authenticatedAt === authenticatedAt) return undefined;
  return openSession(domain, partition, record);
}

/**
 * Whether the wallet signed within the last `window` milliseconds (default: `SessionPolicy.freshWindow`). For acts that
 * must not be possible with a stolen token alone (OWASP ASVS 3.7.1).
 */
export function isFreshlyAuthenticated(
  { clock, policy }: SessionDomain,
  session: Session,
  window = policy.freshWindow,
): boolean {
  return clock.now() - session.authenticatedAt < window;
}
