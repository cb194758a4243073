import type { Session } from '../session.js';

/** The address of the session's account, without its chain. */
export function addressOf({ wallet }: Session): string {
  return wallet.slice(wallet.lastIndexOf(':') + 1);
}

/**
 * Whether the session is of the account with this address, and counts on this chain if one is given (CAIP-2): an EOA counts on every chain of Ethereum (CAIP-69), any other account on its own chain.
 */
export function isOf(session: Session, address: string, chainId?: string): boolean {
  const own = session.wallet.slice(0, session.wallet.lastIndexOf(':'));
  const isOnChain =
    chainId === undefined ||
    own === chainId ||
    (own === 'eip155:0' && chainId.startsWith('eip155:'));
  return isOnChain && isSame(addressOf(session), address);
}

/** The case of a hexadecimal address is a checksum. That of any other address matters. */
function isSame(one: string, other: string): boolean {
  const isHexadecimal = /^0x/i.test(one);
  return isHexadecimal ? one.toLowerCase() === other.toLowerCase() : one === other;
}
