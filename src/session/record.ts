import { decode, encode } from '@msgpack/msgpack';
import type { KeyRing } from './key-ring.js';
import { refreshFrom, type SessionPolicy } from './policy.js';
import { seal, unseal } from './seal.js';
import type { Session, SessionId } from './session.js';
import type { SessionRecord } from './store.js';
import { partitionOf, type Address, type Partition } from './wallet.js';

/** Who signed in, with what: sealed at sign-in. */
export interface Profile {
  readonly wallet: Address;
  readonly chainId: number;
  readonly walletType?: string | undefined;
  readonly device?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** When and from where a session was last seen: sealed anew with each touch. */
export interface Activity {
  readonly lastSeenAt: number;
  readonly ipAddress?: string | undefined;
}

// Arrays, not objects: a million records would otherwise hold each name a million times.
type StoredProfile = [wallet: string, chainId: number, ...described: (string | null)[]];
type StoredActivity = [lastSeenAt: number, ipAddress: string | null];

export function sealProfile(
  keys: KeyRing,
  partition: Partition,
  id: SessionId,
  { wallet, chainId, walletType, device, userAgent }: Profile,
): Uint8Array {
  const stored: StoredProfile = [
    wallet,
    chainId,
    walletType ?? null,
    device ?? null,
    userAgent ?? null,
  ];
  return seal(keys, placeOf('profile', partition, id), encode(stored));
}

export function sealActivity(
  keys: KeyRing,
  partition: Partition,
  id: SessionId,
  { lastSeenAt, ipAddress }: Activity,
): Uint8Array {
  const stored: StoredActivity = [lastSeenAt, ipAddress ?? null];
  return seal(keys, placeOf('activity', partition, id), encode(stored));
}

/**
 * Reads a record. `undefined` where it was tampered with: altered, moved from another session, or
 * stored in another wallet's partition.
 */
export function openRecord(
  keys: KeyRing,
  policy: SessionPolicy,
  partition: Partition,
  record: SessionRecord,
): Session | undefined {
  const profile = unseal(keys, placeOf('profile', partition, record.id), record.profile);
  const activity = unseal(keys, placeOf('activity', partition, record.id), record.activity);
  if (profile === undefined || activity === undefined) return undefined;
  const [wallet, chainId, walletType, device, userAgent] = decode(profile) as StoredProfile;
  const [lastSeenAt, ipAddress] = decode(activity) as StoredActivity;
  if (partitionOf(wallet as Address) !== partition) return undefined;
  return {
    id: record.id,
    wallet: wallet as Address,
    chainId,
    walletType: walletType ?? undefined,
    device: device ?? undefined,
    userAgent: userAgent ?? undefined,
    ipAddress: ipAddress ?? undefined,
    createdAt: record.createdAt,
    lastSeenAt,
    authenticatedAt: record.authenticatedAt,
    refreshFrom: refreshFrom(policy, record.expiresAt),
    expiresAt: record.expiresAt,
    absoluteExpiresAt: record.absoluteExpiresAt,
  };
}

function placeOf(part: 'profile' | 'activity', partition: Partition, id: SessionId): string {
  return `wallet-sessions/${part}/${partition}/${id}`;
}
