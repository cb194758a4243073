/**
 * Copies a substring of a header or token, so that it does not keep the whole string in memory: V8 represents a slice as
 * a view of its parent. Latin-1 only.
 */
export function copyString(part: string): string {
  return Buffer.from(part, 'latin1').toString('latin1');
}
