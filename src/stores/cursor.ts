/**
 * The position of a revocation in its partition: `<time in ms>-<sequence>`, the form of the ids in a Redis stream.
 * Opaque to clients.
 */
export interface CursorParts {
  readonly time: number;
  readonly sequence: number;
}

const CURSOR = /^(\d{1,15})-(\d{1,15})$/;

/** The cursor before the first revocation of any partition. */
export const BEGINNING = '0-0';

/**
 * Parses a cursor.
 * @throws RangeError for an invalid cursor
 */
export function parseCursor(text: string): CursorParts {
  const [, time, sequence] = CURSOR.exec(text) ?? [];
  if (time === undefined || sequence === undefined) {
    throw new RangeError('The cursor is invalid: pass one that this subscription has returned.');
  }
  return { time: Number(time), sequence: Number(sequence) };
}

/** Whether the first cursor is later than the second. */
export function isAfter(cursor: string, other: string): boolean {
  const [a, b] = [parseCursor(cursor), parseCursor(other)];
  return a.time > b.time || (a.time === b.time && a.sequence > b.sequence);
}
