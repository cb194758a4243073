import { VARIABLES } from './variables.js';

/** Prefixes that only this service uses: an unknown variable with one of them is probably meant for it. */
const OWN_PREFIXES = [
  'SESSION_',
  'SIGN_IN_',
  'AUDIT_LOG_',
  'RATE_LIMIT_',
  'WEBSOCKET_',
  'NEAR_CACHE_',
  'KEY_PROOF_',
];

/** Set by desktop environments. */
const FOREIGN_NAMES: ReadonlySet<string> = new Set(['SESSION_MANAGER']);

/** Shorter names (`HOST`, `PORT`) are too similar to variables of other programs. */
const MIN_NAME_LENGTH = 7;

/** Returns a sentence for each variable that is set, that the service does not read, and that looks like a mistake. */
export function unknownVariables(environment: NodeJS.ProcessEnv): string[] {
  return Object.keys(environment)
    .filter((name) => environment[name] !== '' && !Object.hasOwn(VARIABLES, name))
    .flatMap((name) => {
      const meant = closestVariable(name);
      if (meant !== undefined)
        return [`${name} is not a variable of this service. Did you mean ${meant}?`];
      const isOwn =
        OWN_PREFIXES.some((prefix) => name.startsWith(prefix)) && !FOREIGN_NAMES.has(name);
      return isOwn ? [`${name} is not a variable of this service.`] : [];
    });
}

/** The most similar variable, at an edit distance of at most 1, or 2 for long names. */
function closestVariable(name: string): string | undefined {
  const [closest] = Object.keys(VARIABLES)
    .filter((known) => known.length >= MIN_NAME_LENGTH)
    // The distance is at least the difference of the lengths, and takes long to compute.
    .filter((known) => Math.abs(known.length - name.length) <= furthest(known))
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .filter(({ known, distance }) => distance <= furthest(known))
    .sort((one, other) => one.distance - other.distance);
  return closest?.known;
}

/** The edit distance at which a name may be meant for a variable. */
const furthest = (known: string) => Math.min(2, Math.floor(known.length / 4));

/** Optimal string alignment distance: insertions, deletions, substitutions and transpositions of adjacent letters. */
function editDistance(one: string, other: string): number {
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
