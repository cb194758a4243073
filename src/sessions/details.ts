import { decode, Encoder } from '@msgpack/msgpack';
import {
  packAccount,
  packChainId,
  unpackAccount,
  unpackChainId,
  type PackedAccount,
  type PackedChainId,
} from '../accounts/packed-account.js';
import {
  packIpAddress,
  packUserAgent,
  unpackIpAddress,
  unpackUserAgent,
} from './packed-client-info.js';
import type { KeyRing } from './key-ring.js';
import { encrypt, decrypt } from './encryption.js';
import type { Capabilities, Session } from './session.js';
import type { Partition } from '../accounts/wallet.js';

/** Shared, because each encoder allocates a buffer. */
const encoder = new Encoder();

/** Personal data: who signed in, with which wallet, and when and from where the session was last seen. */
export type SessionDetails = Pick<
  Session,
  | 'wallet'
  | 'chainId'
  | 'walletType'
  | 'device'
  | 'userAgent'
  | 'userId'
  | 'keyThumbprint'
  | 'capabilities'
  | 'deviceBoundAt'
  | 'lastSeenAt'
  | 'ipAddress'
>;

/**
 * The data to which the details are bound. The store decides by it, so it is stored in clear. If any of it is altered,
 * the details cannot be decrypted.
 */
export type SealedWith = Pick<
  Session,
  'id' | 'createdAt' | 'authenticatedAt' | 'absoluteExpiresAt'
>;

/** A compact array instead of an object: there may be a million of them. */
type StoredDetails = [
  version: number,
  wallet: PackedAccount,
  chainId: PackedChainId,
  walletType: string | null,
  device: string | null,
  userAgent: Uint8Array | null,
  lastSeenAt: number,
  // The last ones are left out if they are null: most sessions have no more than an address.
  ipAddress?: Uint8Array | string | null,
  userId?: string | null,
  keyThumbprint?: Uint8Array | null,
  /** As JSON, whose keys may be anything. */
  capabilities?: string | null,
  deviceBoundAt?: number | null,
];

/** Seals the details for the record of that session and for no other: `to` may be the session itself. */
export function encryptDetails(
  keys: KeyRing,
  partition: Partition,
  to: SealedWith,
  details: SessionDetails,
): Uint8Array {
  const { wallet, chainId, walletType, device, userAgent, lastSeenAt, ipAddress } = details;
  const { userId, keyThumbprint, capabilities, deviceBoundAt } = details;
  const stored: StoredDetails = [
    2,
    packAccount(wallet),
    packChainId(chainId),
    walletType ?? null,
    device ?? null,
    userAgent === undefined ? null : packUserAgent(userAgent),
    lastSeenAt,
    ipAddress === undefined ? null : packIpAddress(ipAddress),
    userId ?? null,
    keyThumbprint === undefined ? null : Buffer.from(keyThumbprint, 'base64url'),
    capabilities === undefined ? null : JSON.stringify(capabilities),
    deviceBoundAt ?? null,
  ];
  while (stored.at(-1) === null) stored.pop();
  return encrypt(keys, placeOf(partition, to), encoder.encode(stored));
}

/** Returns `undefined` if the details were altered, or moved from another record. */
export function decryptDetails(
  keys: KeyRing,
  partition: Partition,
  to: SealedWith,
  sealed: Uint8Array,
): SessionDetails | undefined {
  const plain = decrypt(keys, placeOf(partition, to), sealed);
  if (plain === undefined) return undefined;
  const [version, wallet, chainId, walletType, device, userAgent, ...rest] = decode(
    plain,
  ) as StoredDetails;
  if (version !== 2) return undefined;
  const [lastSeenAt, ipAddress, userId, keyThumbprint, capabilities, deviceBoundAt] = rest;
  return {
    wallet: unpackAccount(wallet),
    chainId: unpackChainId(chainId),
    walletType: walletType ?? undefined,
    device: device ?? undefined,
    userAgent: userAgent === null ? undefined : unpackUserAgent(userAgent),
    lastSeenAt,
    ipAddress: ipAddress ? unpackIpAddress(ipAddress) : undefined,
    userId: userId ?? undefined,
    keyThumbprint: keyThumbprint ? Buffer.from(keyThumbprint).toString('base64url') : undefined,
    capabilities: capabilities ? (JSON.parse(capabilities) as Capabilities) : undefined,
    deviceBoundAt: deviceBoundAt ?? undefined,
  };
}

/** The same details for the same record, sealed under the current key; `undefined` as {@link decryptDetails}. */
export function reencryptDetails(
  keys: KeyRing,
  partition: Partition,
  to: SealedWith,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const place = placeOf(partition, to);
  const plain = decrypt(keys, place, sealed);
  return plain && encrypt(keys, place, plain);
}

function placeOf(partition: Partition, to: SealedWith): string {
  const { id, createdAt, authenticatedAt, absoluteExpiresAt } = to;
  const times = `${createdAt}/${authenticatedAt}/${absoluteExpiresAt}`;
  return `wallet-sessions/details/${partition}/${id}/${times}`;
}
