/**
 * The place of a revocation in its partition: `<time in ms>-<sequence>`, the form of the ids in a Redis
 * stream. Opaque to clients.
 */
export interface CursorParts {
  readonly time: number;
  readonly sequence: number;
}

const CURSOR = /^(\d{1,15})-(\d{1,15})$/;

/** Before the first revocation of any partition. */
export const BEGINNING = '0-0';

/** @throws RangeError for a text that is not a cursor */
export function parseCursor(text: string): CursorParts {
  const [, time, sequence] = CURSOR.exec(text) ?? [];
  if (time === undefined || sequence === undefined) {
    throw new RangeError('That is not a cursor of this subscription.');
  }
  return { time: Number(time), sequence: Number(sequence) };
}

/** Whether the first cursor lies after the second. */
export function isAfter(cursor: string, other: string): boolean {
  const [a, b] = [parseCursor(cursor), parseCursor(other)];
  return a.time > b.time || (a.time === b.time && a.sequence > b.sequence);
}
