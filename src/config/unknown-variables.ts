import { VARIABLES } from './variables.js';

/** Families of names that are the service's alone, or nearly: what else begins so is meant for it. */
const OWN_PREFIXES = [
  'SESSION_',
  'SIGN_IN_',
  'AUDIT_LOG_',
  'RATE_LIMIT_',
  'WEBSOCKET_',
  'NEAR_CACHE_',
];

/** Desktops set it. */
const OF_OTHERS: ReadonlySet<string> = new Set(['SESSION_MANAGER']);

/** Shorter names of ours (`HOST`, `PORT`) are near to names of everybody's. */
const MIN_NAME_LENGTH = 7;

/** A sentence for each variable that is set, that the service does not read, and that seems to be meant for it. */
export function unknownVariables(environment: NodeJS.ProcessEnv): string[] {
  return Object.keys(environment)
    .filter((name) => environment[name] !== '' && !Object.hasOwn(VARIABLES, name))
    .flatMap((name) => {
      const meant = nearestTo(name);
      if (meant !== undefined) return [`${name} is not read: is ${meant} meant?`];
      const isOwn = OWN_PREFIXES.some((prefix) => name.startsWith(prefix)) && !OF_OTHERS.has(name);
      return isOwn ? [`${name} is not read: there is no such variable.`] : [];
    });
}

/** The variable that a name is a slip away from, or two in a long one. */
function nearestTo(name: string): string | undefined {
  const [nearest] = Object.keys(VARIABLES)
    .filter((known) => known.length >= MIN_NAME_LENGTH)
    .map((known) => ({ known, slips: slipsBetween(name, known) }))
    .filter(({ known, slips }) => slips <= Math.min(2, Math.floor(known.length / 4)))
    .sort((one, other) => one.slips - other.slips);
  return nearest?.known;
}

/** How many letters must be added, taken away, replaced or swapped with the next one to make one text of the other. */
function slipsBetween(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= one.length; row += 1) {
    rows[row] = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(one.length, other.length);
}
