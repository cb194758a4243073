import * as v from 'valibot';

/** Options of which each may be left out, or be `undefined`: then it has its default. */
export type PartialOptions<Options> = {
  readonly [Name in keyof Options]?: Options[Name] | undefined;
};

/**
 * Reads the options of an application, which no compiler may have seen, and puts the defaults where nothing is given.
 * @param of what takes them: `openRedisStore`
 * @throws RangeError for a figure that is too small, or not whole; TypeError for anything else that is not what it
 * must be, and for a name that no option has. Each names the option.
 */
export function readOptionsOf<Schema extends v.GenericSchema>(
  of: string,
  schema: Schema,
  options: unknown,
): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, options);
  if (success) return output;
  const [issue] = issues;
  const path = pathOf(issue.path);
  // Values other than figures are not repeated: one may be a secret.
  const message = `${path === '' ? of : path} ${issue.message}.`;
  throw FIGURE_ISSUES.has(issue.type) ? new RangeError(message) : new TypeError(message);
}

type Issue = v.BaseIssue<unknown>;

/** As one would write it in JavaScript: `keys[0].secret`. */
function pathOf(path: readonly { readonly key: unknown }[] = []): string {
  const steps = path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return steps.join('').replace(/^\./, '');
}

/** Options by their names, and no others: one that is misspelt would be missed by nobody. */
export function strictObject<Entries extends v.ObjectEntries>(entries: Entries) {
  const names = Object.keys(entries).join(', ');
  return v.pipe(
    v.any(),
    // A list would pass for an object.
    v.check(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      `must be an object, of ${names}`,
    ),
    v.rawCheck<Record<string, unknown>>(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const name in dataset.value) {
        if (Object.hasOwn(entries, name) || dataset.value[name] === undefined) continue;
        addIssue({ message: `has no ${name}: there are ${names}` });
      }
    }),
    open(entries, `must be an object, of ${names}`),
  );
}

/** An object that may have other entries as well, which are left alone. */
export function open<Entries extends v.ObjectEntries>(entries: Entries, message: string) {
  // Of an entry that is missing, an object says what the entry itself says of `undefined`.
  return v.object(entries, ({ path, expected }: Issue): string => {
    const name = String(path?.at(-1)?.key);
    const entry = expected === `"${name}"` ? entries[name] : undefined;
    return (entry && v.safeParse(entry, undefined).issues?.[0].message) ?? message;
  });
}

export function oneOrMore<Item extends v.GenericSchema>(item: Item, message: string) {
  return v.pipe(
    v.array(item, message),
    v.nonEmpty(message),
    v.transform((items) => items as [v.InferOutput<Item>, ...v.InferOutput<Item>[]]),
  );
}

const FIGURE_ISSUES: ReadonlySet<string> = new Set(['number', 'safe_integer', 'min_value']);

export function integer(least: number, unit = 'number') {
  const message = ({ input }: Issue) =>
    `is ${quoted(input)}, but must be a whole ${unit}, at least ${least}`;
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(least, message));
}

/** So that "5" can be told from 5. */
function quoted(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

export const milliseconds = (least: number) => integer(least, 'number of milliseconds');

export const text = v.string('must be a text');

export const boolean = v.boolean('must be true or false');

export const callable = <Value>() =>
  v.custom<Value>((value) => typeof value === 'function', 'must be a function');

/** An object that is used as it is, by what it has. */
export const instanceWith = <Value extends object>(
  names: readonly (keyof Value & string)[],
  message: string,
) =>
  v.custom<Value>(
    (value) => typeof value === 'object' && value !== null && names.every((name) => name in value),
    message,
  );
