import type { Clock } from '../clock.js';
import { resealDetails } from '../sessions/details.js';
import type { KeyRing } from '../sessions/key-ring.js';
import { keyIdOf } from '../sessions/encryption.js';
import type { PlacedRecord, RecordScanner } from '../sessions/record-scanner.js';
import type { SessionRecord } from '../sessions/store.js';

/** How fast it goes, and who hears of it. */
export interface RotationPace {
  /** Maximum number of records that are re-encrypted per second. */
  readonly rate: number;
  /** Waits for the given number of milliseconds. */
  readonly pause: (duration: number) => Promise<unknown>;
  /** Told of what has been done so far, after each batch. */
  readonly onProgress?: ((progress: RotationProgress) => void) | undefined;
}

export interface KeyRotationOptions extends RotationPace {
  readonly scanner: RecordScanner;
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
  // Records may have changed since they were read: only a second scan shows how many are left.
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
  const { scanner, clock, rate, pause, onProgress } = options;
  const counts: Counts = { sessions: 0, current: 0, reencrypted: 0, unreadable: 0, changed: 0 };
  const tally = createTally(options.keys);
  for await (const batch of scanner.records(BATCH)) {
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
  { scanner, keys }: KeyRotationOptions,
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
  if (!(await scanner.replaceDetails(partition, id, details, replacement))) return 'changed';
  tally.add({ ...record, details: replacement });
  return 'reencrypted';
}

/** Counts, of each key but the current one, what still needs it. */
interface Tally {
  add(record: SessionRecord): void;
  result(): readonly RemainingUse[];
}

interface Use {
  records: number;
  tokens: number;
  tokensExpireAt: number | undefined;
}

function createTally(keys: KeyRing): Tally {
  const uses = new Map<string, Use>();
  const useOf = (keyId: string): Use => {
    const use = uses.get(keyId) ?? { records: 0, tokens: 0, tokensExpireAt: undefined };
    uses.set(keyId, use);
    return use;
  };
  // An old key that nothing needs any more is told of, too.
  for (const keyId of keys.ids) useOf(keyId);
  return {
    add({ details, keyId, expiresAt }) {
      useOf(keyIdOf(details)).records += 1;
      const use = useOf(keyId);
      use.tokens += 1;
      use.tokensExpireAt = Math.max(use.tokensExpireAt ?? 0, expiresAt);
    },
    result: () =>
      Array.from(uses, ([keyId, use]) => ({ keyId, isKnown: keys.has(keyId), ...use })).filter(
        ({ keyId }) => keyId !== keys.currentId,
      ),
  };
}

/** What a walk through all sessions has found and done so far. */
export interface RotationProgress {
  /** Sessions that were looked at. */
  readonly sessions: number;
  /** Records that were encrypted anew. */
  readonly reencrypted: number;
}

/** What still needs a key that is not the current one. */
export interface RemainingUse {
  readonly keyId: string;
  /** Whether the key is in the ring. Without it, what it made is lost. */
  readonly isKnown: boolean;
  /** Sessions whose record is encrypted with it. */
  readonly records: number;
  /** Sessions whose tokens it hashes, until they are refreshed or expire. */
  readonly tokens: number;
  /** When the last of those expires, if it is not refreshed before. Milliseconds since the Unix epoch. */
  readonly tokensExpireAt: number | undefined;
}

/** What a rotation of keys came to, and which old keys are needed still. */
export interface KeyRotationReport extends RotationProgress {
  readonly currentKeyId: string;
  /** Records that no key of the ring opens: altered, or encrypted with a key that is missing. */
  readonly unreadable: number;
  /** The old keys of the ring, and every other key that a session still needs. */
  readonly others: readonly RemainingUse[];
  /**
   * Records that were encrypted with an old key after everything had been encrypted anew. Where there are
   * some, an instance does not have the new key in front yet.
   */
  readonly sealedMeanwhile: number;
}
