/** The id of a stream entry, `<ms>-<sequence>`: the place of a revocation in its partition. */
const CURSOR = /^(\d{1,15})-(\d{1,15})$/;

/** Before the first entry of any stream. */
export const BEGINNING = '0-0';

/** @throws RangeError for a text that is not a cursor */
export function assertCursor(text: string): void {
  if (!CURSOR.test(text)) throw new RangeError('That is not a cursor of this subscription.');
}

/** Whether the first cursor lies after the second. */
export function isAfter(cursor: string, other: string): boolean {
  const [time, sequence] = partsOf(cursor);
  const [otherTime, otherSequence] = partsOf(other);
  return time > otherTime || (time === otherTime && sequence > otherSequence);
}

function partsOf(cursor: string): [time: number, sequence: number] {
  const parts = CURSOR.exec(cursor);
  return [Number(parts?.[1]), Number(parts?.[2])];
}
