import type { Clock } from '../../clock.js';
import { resealDetails } from '../../sessions/details.js';
import type { KeyRing } from '../../sessions/key-ring.js';
import { keyIdOf } from '../../sessions/encryption.js';
import type { KeyRotationReport, RotationProgress } from './report.js';
import type { PlacedRecord, RecordScanner } from '../../sessions/record-scanner.js';
import { createTally, type Tally } from './tally.js';

/** How fast it goes, and who hears of it. */
export interface RotationPace {
  /** Records a second that are encrypted anew, at the most. */
  readonly rate: number;
  /** Waits for so many milliseconds. */
  readonly pause: (duration: number) => Promise<unknown>;
  /** Told of what has been done so far, after each batch. */
  readonly onProgress?: ((progress: RotationProgress) => void) | undefined;
}

export interface KeyRotationOptions extends RotationPace {
  readonly walk: RecordScanner;
  readonly keys: KeyRing;
  readonly clock: Clock;
}

/** Records that are under way at once. */
const BATCH = 500;

/** What one record came to. */
type Outcome = 'current' | 'reencrypted' | 'unreadable' | 'changed';

/**
 * Encrypts with the current key every session record that another key of the ring encrypts, and tells what
 * still needs the others. Nobody is logged out by it, and no session that ends meanwhile comes back.
 *
 * It may be broken off at any time, and repeated: what is done is not done again. Tokens are hashed with the
 * key that made them, which only the client could do anew; so a key is needed until the last session that it
 * made tokens for was refreshed, or has expired.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function rotateKeys(options: KeyRotationOptions): Promise<KeyRotationReport> {
  const { keys } = options;
  const first = await passThrough(options);
  const isDone = first.counts.reencrypted + first.counts.changed === 0;
  // What was read a while ago may have changed: only a second look tells what is left.
  const last = isDone ? first : await passThrough(options, first.counts);
  return {
    currentKeyId: keys.currentId,
    sessions: last.counts.sessions,
    reencrypted: first.counts.reencrypted + (isDone ? 0 : last.counts.reencrypted),
    unreadable: last.counts.unreadable,
    others: last.tally.result(),
    sealedMeanwhile: isDone ? 0 : last.counts.reencrypted,
  };
}

type Counts = Record<Outcome | 'sessions', number>;

async function passThrough(options: KeyRotationOptions, before?: Counts) {
  const { walk, clock, rate, pause, onProgress } = options;
  const counts: Counts = { sessions: 0, current: 0, reencrypted: 0, unreadable: 0, changed: 0 };
  const tally = createTally(options.keys);
  for await (const batch of walk.records(BATCH)) {
    const beganAt = clock.now();
    const living = batch.filter(({ record }) => record.expiresAt > beganAt);
    const outcomes = await Promise.all(living.map((placed) => reencrypt(options, placed, tally)));
    counts.sessions += living.length;
    for (const outcome of outcomes) counts[outcome] += 1;
    onProgress?.({
      sessions: before?.sessions ?? counts.sessions,
      reencrypted: (before?.reencrypted ?? 0) + counts.reencrypted,
    });
    const written = outcomes.filter((outcome) => outcome === 'reencrypted').length;
    const ahead = (written / rate) * 1000 - (clock.now() - beganAt);
    if (ahead > 0) await pause(ahead);
  }
  return { counts, tally };
}

async function reencrypt(
  { walk, keys }: KeyRotationOptions,
  { partition, record }: PlacedRecord,
  tally: Tally,
): Promise<Outcome> {
  const { id, details } = record;
  if (keyIdOf(details) === keys.currentId) {
    tally.add(record);
    return 'current';
  }
  const replacement = resealDetails(keys, partition, record, details);
  if (replacement === undefined) {
    tally.add(record);
    return 'unreadable';
  }
  if (!(await walk.replaceDetails(partition, id, details, replacement))) return 'changed';
  tally.add({ ...record, details: replacement });
  return 'reencrypted';
}
