import { ERROR_CODES } from '../../dist/errors.js';
import { table, withSection } from './markdown.js';

/** The table of the codes in `docs/error-codes.md`, and their type for the client, which depends on no other package. */
export async function errorCodes() {
  const rows = Object.entries(ERROR_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]);
  const names = Object.keys(ERROR_CODES).map((code) => `\n  | '${code}'`);
  return [
    await withSection('docs/error-codes.md', 'codes', table(['code', 'meaning'], rows)),
    {
      path: 'client/src/generated/error-codes.ts',
      content: `/** A code that the service answers: see docs/error-codes.md. */\nexport type ServiceErrorCode =${names.join('')};\n`,
    },
  ];
}
