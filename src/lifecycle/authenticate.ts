import type { Session, SessionId, SessionReference } from '../sessions/session.js';
import type { SessionRecord } from '../sessions/store.js';
import { matchesHash, parseAccessToken } from '../sessions/token.js';
import type { ValidationOutcome } from './validation-tally.js';
import { partitionOf, type Partition } from '../accounts/wallet.js';
import { tokenOf, type AccessCredential } from '../key-binding/proof.js';
import { KeyProofRefused } from '../key-binding/refusal.js';
import type { SessionDomain } from './domain.js';
import { needsKeyProof } from './key-proofs.js';
import type { Sourced } from './sourced.js';
import { openSession } from './open.js';

/**
 * The session that an access token stands for, or `undefined`: malformed, unknown, superseded, expired
 * and revoked are the same to the caller. The hash covers the token's session id and partition; the
 * record opens only in that place and only for a wallet of that partition, so id, wallet and secret
 * are checked together. Asks the store, with one read.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`; KeyProofRefused where the session is bound to a key
 */
export async function authenticate(
  domain: SessionDomain,
  credential: AccessCredential,
  source: Sourced = {},
): Promise<Session | undefined> {
  const token = parseAccessToken(tokenOf(credential));
  if (token !== undefined) {
    const { partition, sessionId, text } = token;
    return readSession(domain, partition, sessionId, { credential, text, source });
  }
  domain.validations.count('malformed');
  return undefined;
}

/** The access token that must be the session's, and with what and by whom it was presented. */
interface Presented {
  readonly credential: AccessCredential;
  readonly text: string;
  readonly source: Sourced;
}

/**
 * The session as it is now, or `undefined` once it has ended, whatever tokens it has had since: for callers that have
 * established who asks, such as a connection, which checks the generation of its token itself. Asks the store.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export function resumeSession(
  domain: SessionDomain,
  named: SessionReference,
): Promise<Session | undefined> {
  return readSession(domain, partitionOf(named), named.id);
}

/** @param presented none where the session is known to be meant */
async function readSession(
  domain: SessionDomain,
  partition: Partition,
  id: SessionId,
  presented?: Presented,
): Promise<Session | undefined> {
  const { store, near, validations, keyProofs } = domain;
  const reading = near.read(id);
  try {
    const record = await store.find(partition, id);
    const judged = judge(domain, partition, record, presented?.text);
    // Before the use is noted: who cannot prove the key must not change what a lost answer can be exchanged for.
    if (presented !== undefined && typeof judged === 'object') {
      const { credential, source } = presented;
      if (needsKeyProof(judged, credential)) await keyProofs.ofAccess(judged, credential, source);
    }
    const isAdmitted =
      typeof judged === 'string' || (await markUsed(domain, partition, record, presented?.text));
    const session = isAdmitted ? judged : 'mismatched';
    if (typeof session === 'string') {
      validations.count(session);
      return undefined;
    }
    validations.count('valid');
    reading.keep(session, presented?.text);
    return session;
  } catch (error) {
    if (!(error instanceof KeyProofRefused)) validations.count('unavailable');
    throw error;
  } finally {
    reading.end();
  }
}

/**
 * Notes the first use of a pair, before the request is let in by it. After that its predecessor no longer replaces it.
 * @returns false if it was replaced meanwhile
 */
async function markUsed(
  { store }: SessionDomain,
  partition: Partition,
  record: SessionRecord | undefined,
  accessToken: string | undefined,
): Promise<boolean> {
  if (record === undefined || record.used || accessToken === undefined) return true;
  return store.markUsed(partition, record.id, record.generation);
}

/** The session in a record, or why it is not let in. */
function judge(
  domain: SessionDomain,
  partition: Partition,
  record: SessionRecord | undefined,
  accessToken: string | undefined,
): Session | ValidationOutcome {
  const { keys, clock } = domain;
  if (record === undefined) return 'unknown';
  if (record.expiresAt <= clock.now()) return 'expired';
  const { keyId, accessHash } = record;
  const isItsToken = accessToken === undefined || matchesHash(keys, keyId, accessToken, accessHash);
  // A token of before or a made-up one; but where even the key is none, the record itself may be altered.
  if (!isItsToken && keys.has(keyId)) return 'mismatched';
  const session = openSession(domain, partition, record);
  if (session === undefined) return 'altered';
  return isItsToken ? session : 'mismatched';
}
