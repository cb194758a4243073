import type { LazyClientInfo, Session, SessionId, SessionReference } from '../sessions/session.js';
import type { SessionRecord } from '../sessions/record.js';
import { matchesHash, parseAccessToken } from '../sessions/token.js';
import type { ValidationOutcome } from './validation-tally.js';
import { partitionOf, type Partition } from '../accounts/wallet.js';
import { tokenOf, type AccessCredential } from '../key-binding/proof.js';
import { KeyProofRefused } from '../key-binding/refusal.js';
import { openSession, type SessionDomain } from './domain.js';
import { isProvenElsewhere, needsKeyProof } from './key-proofs.js';

/**
 * Resolves to the session of an access token, or to `undefined` for a token that is malformed, unknown, superseded or
 * expired. The hash covers the token's session id and partition, and the record decrypts only there and only for a wallet of
 * that partition, so id, wallet and secret are checked together. Reads the store once.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`; KeyProofRefused if the session is bound to a key
 */
export async function authenticate(
  domain: SessionDomain,
  credential: AccessCredential,
  source: LazyClientInfo = {},
): Promise<Session | undefined> {
  const token = parseAccessToken(tokenOf(credential));
  if (token !== undefined) {
    const { partition, sessionId, text } = token;
    return readSession(domain, partition, sessionId, { credential, text, source });
  }
  domain.validations.count('malformed');
  return undefined;
}

/** A presented access token, with its credential and client. */
interface Presented {
  readonly credential: AccessCredential;
  readonly text: string;
  readonly source: LazyClientInfo;
}

/**
 * Resolves to the current state of a session, whatever its tokens, or to `undefined` if it has ended. For callers that have
 * authenticated the client, such as a connection, which checks the generation of its token itself. Reads the store once.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export function resumeSession(
  domain: SessionDomain,
  named: SessionReference,
): Promise<Session | undefined> {
  return readSession(domain, partitionOf(named), named.id);
}

/** @param presented omitted by callers that have authenticated the client */
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
    // Before the pair is marked as used: a client without the key must not change what the pair can be exchanged for.
    if (presented !== undefined && typeof judged === 'object') {
      const { credential, source } = presented;
      if (needsKeyProof(judged, credential)) await keyProofs.ofAccess(judged, credential, source);
    }
    // Nobody has proved the key yet, so this is no use of the pair.
    const isNoUse = typeof judged === 'object' && isProvenElsewhere(judged, presented?.credential);
    const isAdmitted =
      typeof judged === 'string' ||
      isNoUse ||
      (await markUsed(domain, partition, record, presented?.text));
    const session = isAdmitted ? judged : 'mismatched';
    if (typeof session === 'string') {
      validations.count(session);
      return undefined;
    }
    validations.count('valid');
    // From memory, the first use would not be noted.
    if (!isNoUse || record?.used === true) reading.keep(session, presented?.text);
    return session;
  } catch (error) {
    if (!(error instanceof KeyProofRefused)) validations.count('unavailable');
    throw error;
  } finally {
    reading.end();
  }
}

/**
 * Marks a pair as used before its first request is admitted. From then on, its predecessor can no longer replace it.
 * @returns `false` if the pair was replaced meanwhile
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

/** Returns the session in a record, or why it is not admitted. */
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
  // A superseded or forged token. If the key is unknown, the record itself may have been altered.
  if (!isItsToken && keys.has(keyId)) return 'mismatched';
  const session = openSession(domain, partition, record);
  if (session === undefined) return 'altered';
  return isItsToken ? session : 'mismatched';
}
