import { ERROR_CODES, WalletSessionsError } from '../../dist/errors.js';
import { problemOf } from '../../dist/http/problem.js';
import { REFUSAL_STATUS } from '../../dist/http/refusal.js';
import { table, withSection } from './markdown.js';

const PAGE = 'docs/error-codes.md';

const quoted = (code) => `\`${code}\``;

/** The tables of `docs/error-codes.md`, and the type of the codes for the client, which depends on no other package. */
export async function errorCodes() {
  const codes = Object.keys(ERROR_CODES);
  const meanings = Object.entries(ERROR_CODES).map(([code, meaning]) => [quoted(code), meaning]);
  const problems = [...codes.map((code) => new WalletSessionsError(code)), new Error()].map(
    (error) => problemOf(error).document,
  );
  let content;
  for (const [name, section] of [
    ['codes', table(['code', 'meaning'], meanings)],
    ['refusals', byStatus(Object.entries(REFUSAL_STATUS))],
    ['problems', byStatus(problems.map(({ code, status }) => [code, status]))],
  ]) {
    ({ content } = await withSection(PAGE, name, section, content));
  }
  const names = codes.map((code) => `\n  | '${code}'`);
  return [
    { path: PAGE, content },
    {
      path: 'client/src/generated/error-codes.ts',
      content: `/** A code that the service answers: see ${PAGE}. */\nexport type ServiceErrorCode =${names.join('')};\n`,
    },
  ];
}

/** A table with a row for each status, from the pairs of a code and its status. */
function byStatus(pairs) {
  const statuses = [...new Set(pairs.map(([, status]) => status))].sort((a, b) => a - b);
  const codesOf = (status) =>
    pairs.filter((pair) => pair[1] === status).map(([code]) => quoted(code));
  return table(
    ['status', 'codes'],
    statuses.map((status) => [String(status), codesOf(status).join(', ')]),
  );
}
