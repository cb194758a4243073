import { ERROR_CODES } from '../../dist/errors.js';
import { table, withSection } from './markdown.js';

/** The table of the codes in `docs/error-codes.md`. */
export async function errorCodes() {
  const rows = Object.entries(ERROR_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]);
  return [await withSection('docs/error-codes.md', 'codes', table(['code', 'meaning'], rows))];
}
