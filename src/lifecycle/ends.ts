import type { Actor, Audit } from '../audit/events.js';
import type { ClientInfo, RevocationReason, SessionId } from '../sessions/session.js';
import {
  REVOKED_AT_ONCE,
  type Authority,
  type EndedSession,
  type Selection,
  type SessionStore,
} from '../sessions/store.js';
import { identityOf, partitionOf, type Partition, type Wallet } from '../accounts/wallet.js';
import { createRetryQueue } from '../background/retry-queue.js';
import { createFailures } from '../background/failure-reporter.js';
import { isUnavailable } from '../errors.js';
import type { Clock } from '../clock.js';

/** Why and on whose behalf sessions are revoked. */
export interface Ending {
  readonly reason: RevocationReason;
  readonly source: ClientInfo;
  /** The administrator who revokes them, if any. */
  readonly actor?: Actor | undefined;
  /** The session on whose behalf they are revoked, if any, for the audit log. */
  readonly by?: SessionId | undefined;
  /** The session that asks to revoke them; omitted if the server decides by itself. */
  readonly authority?: Authority | undefined;
}

/** The authority for a step that cannot check its session, which is in another partition or has just ended. */
export function notInPartition(
  authority: Authority,
  onProtected: Authority['onProtected'],
): Authority {
  return { ...authority, session: undefined, onProtected };
}

/** A step that revokes sessions and that the store did not answer. It may or may not have run. */
interface UnansweredEnd {
  readonly wallet: Wallet;
  readonly selection: Selection;
  readonly ending: Ending;
  /** When it was requested. Sessions that were created later are not selected. */
  readonly askedAt: number;
}

/**
 * Repeats steps until the store answers. A command that was sent to an unresponsive store can be lost with its
 * connection.
 */
export interface UnansweredEnds {
  /**
   * Queues a step. Returns immediately and never throws. A repetition of a queued step replaces it, if it has the same
   * authority. A step beyond the limits is not queued: its caller has been told that it failed.
   */
  add(end: UnansweredEnd): void;
  /** Tries all queued steps once more and drops those that fail. Resolves when that is done. */
  flush(): Promise<void>;
}

/** Audits the end of each session that a step has ended. An expired session has no source and ended at its expiry. */
export function auditEnds(
  { audit }: { readonly audit: Audit },
  wallet: Wallet,
  ended: readonly EndedSession[],
  { source, actor, by }: Partial<Pick<Ending, 'source' | 'actor' | 'by'>> = {},
): void {
  for (const { sessionId, reason, revokedAt: at, expiresAt, alreadyCollected } of ended) {
    const end = { type: 'session.revoked', ...identityOf(wallet), sessionId, expiresAt } as const;
    if (reason !== 'EXPIRED') audit({ ...end, reason, at, source, actor, bySessionId: by });
    else if (!alreadyCollected) audit({ ...end, reason, at: expiresAt });
  }
}

/**
 * Resolves when the revocations are as durable as the store is configured to make them. If one part fails, the others are
 * still tried.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function confirmEnds(
  { store }: { readonly store: SessionStore },
  partition: Partition,
  ended: readonly EndedSession[],
): Promise<void> {
  // Even if no session has ended, earlier revocations of the partition may be unconfirmed.
  const parts = ended.length === 0 ? [[]] : inSteps(ended);
  const outcomes = await Promise.allSettled(parts.map((part) => store.confirm(partition, part)));
  const failure = outcomes.find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
}

/** Splits the sessions into parts that one step can take. Returns no part for no sessions. */
export function inSteps<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / REVOKED_AT_ONCE);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * REVOKED_AT_ONCE, (index + 1) * REVOKED_AT_ONCE),
  );
}

/** The maximum number of queued steps. */
const MAX_WAITING = 10_000;

/** The maximum number of queued steps on behalf of one session, so that a thief does not take the place of the owner. */
const MAX_OF_SESSION = 100;

interface UnansweredEndsDomain {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly audit: Audit;
  /** Receives failures. They are retried. */
  readonly report: (error: unknown) => void;
}

export function createUnansweredEnds(domain: UnansweredEndsDomain): UnansweredEnds {
  const { store, clock, report } = domain;
  const waiting = new Map<string, UnansweredEnd>();
  /** The number of steps that wait on behalf of each session. */
  const ofSession = new Map<SessionId | undefined, number>();

  function count({ ending: { by } }: UnansweredEnd, change: 1 | -1): void {
    const now = (ofSession.get(by) ?? 0) + change;
    if (now === 0) ofSession.delete(by);
    else ofSession.set(by, now);
  }

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
    const { reason, authority } = ending;
    const partition = partitionOf(wallet);
    const [these, ...later] = inSteps(await selectedIn(end));
    if (these === undefined) return;
    const step = await store.revoke(partition, { these }, reason, clock.now(), authority);
    if (step.kind !== 'revoked') return;
    auditEnds(domain, wallet, step.ended, ending);
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
      if (replaced) {
        backlog.add(key);
        return;
      }
      waiting.delete(key);
      count(end, -1);
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
    const key = keyOf(end);
    if (waiting.has(key)) {
      waiting.set(key, end);
      return;
    }
    const { by } = end.ending;
    if (by !== undefined && (ofSession.get(by) ?? 0) >= MAX_OF_SESSION) return;
    if (waiting.size < MAX_WAITING) {
      waiting.set(key, end);
      count(end, 1);
    }
    backlog.add(key);
  }

  return { add, flush: () => backlog.flush() };
}

/**
 * Steps with the same key end the same sessions, and those that were created between them. The session that asks is part of
 * the key, and what it may end: a thief with an older session may end less than the owner whose step is queued.
 */
function keyOf({ wallet, selection, ending }: UnansweredEnd): string {
  const { reason, by, authority } = ending;
  const rights = authority && [
    authority.authenticatedAt,
    authority.authenticatedAt > authority.freshAfter,
  ];
  return JSON.stringify([partitionOf(wallet), selection, reason, by, rights]);
}
