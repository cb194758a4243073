import { packAddress, PACKED_ADDRESS_LENGTH, unpackAddress } from './packed-address.js';
import { addressOf, type AccountId, type ChainId } from './account-id.js';
import type { Address } from './address.js';

/** An account as records keep it: Ethereum accounts in bytes, since there may be a million; others by their name. */
export type PackedAccount = Uint8Array | string;

/** A chain as records keep it: the number of an EVM chain, or the name. */
export type PackedChainId = number | string;

const EIP155 = 'eip155:';

/** The packed address, and the reference in ASCII. */
export function packAccount(account: AccountId): PackedAccount {
  if (!account.startsWith(EIP155)) return account;
  const reference = account.slice(EIP155.length, account.lastIndexOf(':'));
  return Buffer.concat([packAddress(addressOf(account) as Address), Buffer.from(reference)]);
}

export function unpackAccount(packed: PackedAccount): AccountId {
  if (typeof packed === 'string') return packed as AccountId;
  const address = unpackAddress(packed.subarray(0, PACKED_ADDRESS_LENGTH));
  const reference = Buffer.from(packed.subarray(PACKED_ADDRESS_LENGTH)).toString('latin1');
  return `eip155:${reference}:${address}`;
}

export function packChainId(chainId: ChainId): PackedChainId {
  return chainId.startsWith(EIP155) ? Number(chainId.slice(EIP155.length)) : chainId;
}

export function unpackChainId(packed: PackedChainId): ChainId {
  return typeof packed === 'number' ? `eip155:${packed}` : (packed as ChainId);
}
