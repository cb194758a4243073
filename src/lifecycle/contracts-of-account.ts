import { WalletSessionsError } from '../errors.js';
import { partitionOf, type WalletIdentity } from '../accounts/wallet.js';
import type { ClientInfo, Revocation } from '../sessions/session.js';
import type { Authority } from '../sessions/store.js';
import type { SessionDomain } from './domain.js';
import { revokeAllSessions } from './revoke.js';

/**
 * The contracts whose sessions an account governs: those at its own address. Code at the address of an account with a key
 * is code that its key has delegated to (EIP-7702). A session that this code confirmed must not outlive the owner's wish:
 * after the delegation is removed, nobody can sign as that contract any more. A contract governs nothing but itself.
 */
export function contractsOf(
  { contractChainIds }: SessionDomain,
  { wallet, contractChainId }: WalletIdentity,
): WalletIdentity[] {
  if (contractChainId !== undefined) return [];
  return contractChainIds.map((chainId) => ({ wallet, contractChainId: chainId }));
}

/**
 * Applies the rule of {@link Authority} to the sessions of contracts, which are in other partitions than the authority.
 * @throws WalletSessionsError `REAUTHENTICATION_REQUIRED`, `SERVICE_UNAVAILABLE`
 */
export async function assertMayEndContracts(
  { store, clock }: SessionDomain,
  contracts: readonly WalletIdentity[],
  { authenticatedAt, freshAfter }: Authority,
): Promise<void> {
  if (authenticatedAt > freshAfter) return;
  const now = clock.now();
  const all = await Promise.all(contracts.map((of) => store.list(partitionOf(of), now)));
  for (const records of all) {
    for (const record of records) {
      if (record.authenticatedAt > authenticatedAt) {
        throw new WalletSessionsError('REAUTHENTICATION_REQUIRED');
      }
    }
  }
}

/**
 * Ends all sessions of the contracts, with `LOGOUT_ALL`.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function endContracts(
  domain: SessionDomain,
  contracts: readonly WalletIdentity[],
  source: ClientInfo,
): Promise<Revocation[]> {
  const ending = { reason: 'LOGOUT_ALL', source } as const;
  const ended = await Promise.all(
    contracts.map((contract) => revokeAllSessions(domain, contract, undefined, ending)),
  );
  return ended.flat();
}
