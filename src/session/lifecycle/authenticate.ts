import type { Session, SessionReference } from '../session.js';
import type { SessionRecord } from '../store.js';
import { matchesHash, parseAccessToken } from '../token.js';
import { partitionOf } from '../wallet.js';
import type { SessionDomain } from './domain.js';
import { openSession } from './open.js';

/**
 * The session that an access token stands for, or `undefined`: malformed, unknown, superseded, expired
 * and revoked are the same to the caller. The hash covers the token's session id and partition; the
 * record opens only in that place and only for a wallet of that partition, so id, wallet and secret
 * are checked together. Asks the store, with one read.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function authenticate(
  domain: SessionDomain,
  accessToken: string,
): Promise<Session | undefined> {
  const token = parseAccessToken(accessToken);
  if (token === undefined) return undefined;
  const { store, near, keys } = domain;
  const reading = near.read(token.sessionId);
  try {
    const record = await store.find(token.partition, token.sessionId);
    if (!isLiving(domain, record)) return undefined;
    if (!matchesHash(keys, record.keyId, token.text, record.accessHash)) return undefined;
    const session = openSession(domain, token.partition, record);
    if (session !== undefined) reading.keep(session, token.text);
    return session;
  } finally {
    reading.end();
  }
}

/**
 * The session as it is now, or `undefined` once it has ended: for a socket, which belongs to the
 * session that it was opened with, whatever tokens that session has had since. Asks the store.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function resumeSession(
  domain: SessionDomain,
  named: SessionReference,
): Promise<Session | undefined> {
  const partition = partitionOf(named);
  const reading = domain.near.read(named.id);
  try {
    const record = await domain.store.find(partition, named.id);
    if (!isLiving(domain, record)) return undefined;
    const session = openSession(domain, partition, record);
    if (session !== undefined) reading.keep(session);
    return session;
  } finally {
    reading.end();
  }
}

function isLiving(
  { clock }: SessionDomain,
  record: SessionRecord | undefined,
): record is SessionRecord {
  return record !== undefined && record.expiresAt > clock.now();
}
