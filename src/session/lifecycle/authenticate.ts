import type { Session } from '../session.js';
import { matchesHash, parseAccessToken } from '../token.js';
import { partitionOf } from '../wallet.js';
import type { SessionDomain } from './domain.js';
import { openSession } from './open.js';

/**
 * The session that an access token stands for, or `undefined`: malformed, unknown, superseded, expired
 * and revoked are the same to the caller. The hash covers the token's session id and partition; the
 * record opens only in that place and only for a wallet of that partition, so id, wallet and secret
 * are checked together.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function authenticate(
  domain: SessionDomain,
  accessToken: string,
): Promise<Session | undefined> {
  const token = parseAccessToken(accessToken);
  if (token === undefined) return undefined;
  const record = await domain.store.find(token.partition, token.sessionId);
  if (record === undefined || record.expiresAt <= domain.clock.now()) return undefined;
  if (!matchesHash(domain.keys, record.keyId, token.text, record.accessHash)) return undefined;
  return openSession(domain, token.partition, record);
}

/**
 * The session as it is now, or `undefined` once it has ended: for a socket, which belongs to the
 * session that it was opened with, whatever tokens that session has had since.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function resumeSession(
  domain: SessionDomain,
  { wallet, id }: Pick<Session, 'wallet' | 'id'>,
): Promise<Session | undefined> {
  const partition = partitionOf(wallet);
  const record = await domain.store.find(partition, id);
  if (record === undefined || record.expiresAt <= domain.clock.now()) return undefined;
  return openSession(domain, partition, record);
}
