import { createRetryQueue } from '../background/retry-queue.js';
import { createFailures } from '../background/failure-reporter.js';
import { isUnavailable } from '../errors.js';
import { partitionOf } from '../accounts/wallet.js';
import type { SessionId } from '../sessions/session.js';
import { auditEnds, confirmEnds, inSteps } from './ended-sessions.js';
import type { SessionDomain } from './domain.js';
import { notInPartition, type UnansweredEnd, type UnansweredEnds } from './ending.js';

/** The maximum number of queued steps. While the store is down, few sessions can be checked, so few can request one. */
const MAX_WAITING = 10_000;

export function createUnansweredEnds(
  domain: Pick<SessionDomain, 'store' | 'clock' | 'audit' | 'report'>,
): UnansweredEnds {
  const { store, clock, report } = domain;
  const waiting = new Map<string, UnansweredEnd>();

  async function selectedIn(end: UnansweredEnd): Promise<readonly SessionId[]> {
    const { wallet, selection, askedAt } = end;
    if (selection !== 'all' && 'these' in selection) return selection.these;
    const kept = selection === 'all' ? undefined : selection.allBut;
    const records = await store.list(partitionOf(wallet), clock.now());
    const ids: SessionId[] = [];
    for (const { id, createdAt } of records) if (createdAt <= askedAt && id !== kept) ids.push(id);
    return ids;
  }

  async function apply(end: UnansweredEnd): Promise<void> {
    const { wallet, ending } = end;
    const { reason, source, actor, authority } = ending;
    const partition = partitionOf(wallet);
    const [these, ...later] = inSteps(await selectedIn(end));
    if (these === undefined) return;
    const step = await store.revoke(partition, { these }, reason, clock.now(), authority);
    if (step.kind !== 'revoked') return;
    auditEnds(domain, wallet, step.ended, source, actor);
    // If this fails, the store continues to confirm the end in the background.
    await confirmEnds(domain, partition, step.ended).catch(() => undefined);
    if (later.length === 0) return;
    // The authority was valid, and may have ended in this step.
    const checked = authority && notInPartition(authority, 'spare');
    const rest = { these: later.flat() };
    add({ ...end, selection: rest, ending: { ...ending, authority: checked } });
  }

  const backlog = createRetryQueue<string>({
    clock,
    async work(key) {
      const end = waiting.get(key);
      if (end === undefined) return;
      try {
        await apply(end);
      } catch (error) {
        if (isUnavailable(error)) throw error;
        report(error);
      }
      const replaced = waiting.get(key) !== end;
      if (replaced) backlog.add(key);
      else waiting.delete(key);
    },
    failures: createFailures(
      report,
      'Sessions that should have been revoked may still be active. The service tries again each second.',
    ),
    max: MAX_WAITING,
    onDropped: (count, cause) => {
      report(new Error(`${count} requests to revoke sessions were given up.`, { cause }));
    },
  });

  function add(end: UnansweredEnd): void {
    const { wallet, selection, ending } = end;
    const key = JSON.stringify([partitionOf(wallet), selection, ending.reason]);
    const isWaiting = waiting.has(key);
    if (isWaiting || waiting.size < MAX_WAITING) waiting.set(key, end);
    if (!isWaiting) backlog.add(key);
  }

  return { add, flush: () => backlog.flush() };
}
