import * as v from 'valibot';

/** Options that may each be omitted or `undefined`, which selects the default. */
export type PartialOptions<Options> = {
  readonly [Name in keyof Options]?: Options[Name] | undefined;
};

/**
 * Validates the options of an application, which may not be type-checked, and applies the defaults.
 * @param of the function that takes the options, such as `openRedisStore`
 * @throws RangeError for a number that is too small or not an integer; TypeError for any other invalid value and for an
 * unknown option. The message names the option.
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
  // Messages repeat only values of numeric options: others may be secrets.
  const message = `${path === '' ? of : path} ${issue.message}.`;
  throw NUMBER_ISSUES.has(issue.type) ? new RangeError(message) : new TypeError(message);
}

type Issue = v.BaseIssue<unknown>;

/** Formats a path as in JavaScript: `keys[0].secret`. */
function pathOf(path: readonly { readonly key: unknown }[] = []): string {
  const steps = path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return steps.join('').replace(/^\./, '');
}

/** An object with known options only, so that misspelt names are noticed. */
export function strictObject<Entries extends v.ObjectEntries>(entries: Entries) {
  const names = Object.keys(entries).join(', ');
  return v.pipe(
    v.any(),
    // An array would pass as an object.
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

/** An object that may have other properties, which are ignored. */
export function open<Entries extends v.ObjectEntries>(entries: Entries, message: string) {
  // For a missing property, use the message of its own schema.
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

const NUMBER_ISSUES: ReadonlySet<string> = new Set(['number', 'safe_integer', 'min_value']);

export function integer(min: number, unit = 'number') {
  const message = ({ input }: Issue) =>
    `is ${quoted(input)}, but must be a whole ${unit}, at least ${min}`;
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(min, message));
}

/** Distinguishes "5" from 5. */
function quoted(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

export const milliseconds = (min: number) => integer(min, 'number of milliseconds');

export const text = v.string('must be a text');

export const boolean = v.boolean('must be true or false');

export const callable = <Value>() =>
  v.custom<Value>((value) => typeof value === 'function', 'must be a function');

/** An object with the given properties, which is used as it is. */
export const instanceWith = <Value extends object>(
  names: readonly (keyof Value & string)[],
  message: string,
) =>
  v.custom<Value>(
    (value) => typeof value === 'object' && value !== null && names.every((name) => name in value),
    message,
  );
