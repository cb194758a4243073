import type { AuditEntry } from '../../../audit/entry.js';
import type { AuditLog } from '../../../audit/audit-log.js';
import type { WalletIdentity } from '../../../accounts/wallet.js';

/** The fewest entries to read at once. */
const MIN_PAGE_SIZE = 100;

/**
 * The entries since those that are known, oldest first: as far back as to one of them, however many came meanwhile. The
 * log may have others in between that do not open.
 */
export async function entriesSince(
  log: Pick<AuditLog, 'ofWallet' | 'ofEverybody'>,
  known: { readonly size: number; has(id: string): boolean },
  wallet: WalletIdentity | undefined,
  count: number,
): Promise<AuditEntry[]> {
  const isNew = ({ id }: AuditEntry) => !known.has(id);
  if (wallet !== undefined) return (await log.ofWallet(wallet)).entries.filter(isNew).reverse();
  const found: AuditEntry[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await log.ofEverybody(Math.max(count, MIN_PAGE_SIZE), after);
    const entries = page.entries.map(({ entry }) => entry);
    found.push(...entries.filter(isNew));
    // Where nothing was known and nothing opens, the keys are others: the whole log would be read for nothing.
    const isHopeless = known.size === 0 && entries.length === 0;
    if (!page.hasMore || !entries.every(isNew) || isHopeless) return found.reverse();
    after = page.endCursor;
  }
}
