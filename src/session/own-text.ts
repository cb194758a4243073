/**
 * A text of the head of a request, or of a token, that keeps nothing else in memory: to V8 a part of a text is a view of
 * all of it. Latin-1, as both are.
 */
export function ownText(part: string): string {
  return Buffer.from(part, 'latin1').toString('latin1');
}
