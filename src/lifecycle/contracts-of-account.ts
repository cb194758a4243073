import { WalletSessionsError } from '../errors.js';
import { contractAt } from '../accounts/account-id.js';
import { partitionOf, type WalletIdentity } from '../accounts/wallet.js';
import type { Revocation } from '../sessions/session.js';
import type { Authority } from '../sessions/store.js';
import type { SessionDomain } from './domain.js';
import { notInPartition, type Ending } from './ends.js';
import { revokeAllSessions, revokeSessionIfAny } from './revoke.js';

/** Parameters for revoking sessions on behalf of another session. */
type EndingOnBehalf = Ending & { readonly authority: Authority };

/**
 * Returns the contracts whose sessions an account governs: those at its own address. If an EOA has code,
 * its key has delegated to that code (EIP-7702). The owner must be able to list and log out sessions that this code
 * confirmed, because nobody can sign as the contract once the delegation is removed. A contract governs only itself.
 */
export function contractsOf(
  { contractChainIds }: SessionDomain,
  { wallet }: WalletIdentity,
): WalletIdentity[] {
  return contractChainIds.flatMap((chainId) => {
    const contract = contractAt(wallet, chainId);
    return contract === undefined ? [] : { wallet: contract };
  });
}

/**
 * Checks in advance that the authority may revoke all sessions of the contracts, so that a call that must revoke all
 * sessions or none revokes none. The steps that revoke them check again: see {@link endContracts}.
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
 * Revokes the sessions of the contracts that the authority may revoke at that time. A session for which a contract signed after
 * the authority's signature stays, unless the authority is fresh.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function endContracts(
  domain: SessionDomain,
  contracts: readonly WalletIdentity[],
  ending: EndingOnBehalf,
): Promise<Revocation[]> {
  const authority = notInPartition(ending.authority, 'spare');
  const ended = await Promise.all(
    contracts.map((contract) =>
      revokeAllSessions(domain, contract, undefined, { ...ending, authority }),
    ),
  );
  return ended.flat();
}

/**
 * Revokes the session with this id if one of the contracts has it.
 * @throws WalletSessionsError `REAUTHENTICATION_REQUIRED`, `SERVICE_UNAVAILABLE`
 */
export async function endSessionOfContracts(
  domain: SessionDomain,
  contracts: readonly WalletIdentity[],
  id: string,
  ending: EndingOnBehalf,
): Promise<Revocation | undefined> {
  const authority = notInPartition(ending.authority, 'refuse');
  const ended = await Promise.all(
    contracts.map((contract) => revokeSessionIfAny(domain, contract, id, { ...ending, authority })),
  );
  return ended.find((revocation) => revocation !== undefined);
}
