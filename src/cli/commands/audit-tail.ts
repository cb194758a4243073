import { setTimeout as pause } from 'node:timers/promises';
import { createBoundedCache } from '../../bounded-cache.js';
import { COMMAND_LINE, type Actor } from '../../audit/events.js';
import type { AuditEntry } from '../../audit/entry.js';
import { printable } from '../../visible-text.js';
import type { AccountId } from '../../accounts/account-id.js';
import {
  example,
  JSON_OPTION,
  readInteger,
  readWallet,
  type CommandContext,
  type DefineCommand,
  type JsonOption,
} from '../command.js';
import { isUnavailable } from '../../errors.js';
import { withIsoTimes, timeOf, type Terminal } from '../terminal.js';
import { operate, type Operation } from '../operate.js';
import type { AuditLog } from '../../audit/audit-log.js';

interface Options extends JsonOption {
  readonly lines: number;
  readonly follow?: true;
  readonly wallet?: AccountId;
}

/** The interval in milliseconds at which the log is read. */
const INTERVAL = 1000;

const MAX_LINES = 100_000;

export const auditTail: DefineCommand = (parent, context) => {
  parent
    .command('tail')
    .description('show the last events of the audit log, oldest first')
    .option('--wallet <wallet>', 'those of one wallet, as its owner sees them', readWallet)
    .option('-n, --lines <number>', 'how many', readInteger(1, MAX_LINES), 20)
    .option('-f, --follow', 'go on with what happens, until Ctrl-C')
    .option(JSON_OPTION[0], 'write JSON lines, for scripts')
    .addHelpText('after', example('wallet-sessions audit tail --follow --json'))
    .action((options: Options) =>
      operate(context, (operation) => run(options, operation, context)),
    );
};

async function run(options: Options, operation: Operation, context: CommandContext): Promise<void> {
  const { services, by } = operation;
  const { wallet, lines, follow, json } = options;
  const { terminal } = context;
  const show = (entry: AuditEntry) => {
    if (json === true) terminal.printJson(toJson(entry));
    else terminal.print(describe(entry));
  };
  // Audited as one act, together with the following reads.
  const first =
    wallet === undefined
      ? await services.administration.auditEvents(by, lines)
      : await services.administration.auditEventsOf(by, wallet);
  const entries = first.entries.map((item) => ('entry' in item ? item.entry : item));
  for (const entry of entries.slice(0, lines).reverse()) show(entry);
  if (first.unreadable > 0) {
    terminal.note(
      `${first.unreadable} entries are missing: they were altered, or their key is gone.`,
    );
  }
  if (follow !== true) return;
  const known = createBoundedCache<string, true>(MAX_LINES);
  for (const { id } of entries.toReversed()) known.set(id, true);
  const interruption = untilInterrupted();
  const outage = tellOfOutages(terminal);
  while (!interruption.aborted) {
    await pause(INTERVAL, undefined, { signal: interruption }).catch(() => undefined);
    // Reads back to the last known entry, no matter how long the store was unavailable.
    const now = await entriesSince(services.auditLog, known, wallet, lines).catch(
      (error: unknown) => {
        outage.began(error);
        return undefined;
      },
    );
    if (now === undefined) continue;
    outage.ended();
    for (const entry of now) {
      show(entry);
      known.set(entry.id, true);
    }
  }
}

/** Retries while the store does not answer, and then continues with the following events. */
function tellOfOutages(terminal: Terminal) {
  let isAway = false;
  return {
    /** @throws any other error */
    began(error: unknown): void {
      if (!isUnavailable(error)) throw error;
      if (!isAway) terminal.note('The store does not answer. Waiting for it …');
      isAway = true;
    },
    ended(): void {
      if (isAway) terminal.note('The store answers again. Going on after the last event shown.');
      isAway = false;
    },
  };
}

function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      controller.abort();
    });
  }
  return controller.signal;
}

function describe({ at, type, sessionId, reason, act, source, ...entry }: AuditEntry): string {
  const parts = [
    timeOf(at),
    type,
    entry.wallet,
    sessionId,
    act,
    reason,
    entry.actor && `by ${nameOf(entry.actor)}`,
    source.ipAddress && `from ${source.ipAddress}`,
    source.userAgent,
  ];
  return parts
    .filter((part): part is string => part !== undefined && part !== '')
    .map(printable)
    .join('  ');
}

function nameOf(actor: Actor): string {
  return actor === COMMAND_LINE ? 'the command line' : actor.wallet;
}

function toJson({ actor, source, ...entry }: AuditEntry): object {
  return {
    ...withIsoTimes(entry, 'at', 'expiresAt'),
    actor: actor && nameOf(actor),
    ...source,
  };
}

/** The minimum number of entries to read at once. */
const MIN_PAGE_SIZE = 100;

/**
 * Returns the entries after the known ones, oldest first. It reads back to a known entry, no matter how many were added in
 * the meantime. Unreadable entries may lie in between.
 */
export async function entriesSince(
  log: Pick<AuditLog, 'ofWallet' | 'ofEverybody'>,
  known: { readonly size: number; has(id: string): boolean },
  wallet: AccountId | undefined,
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
    // If no entry is known and none can be read, the keys are wrong: do not read the whole log in vain.
    const isHopeless = known.size === 0 && entries.length === 0;
    if (!page.hasMore || !entries.every(isNew) || isHopeless) return found.reverse();
    after = page.endCursor;
  }
}
