import * as v from 'valibot';

/**
 * How a value is written. It decides how a value is read from the text of an environment variable (`src/config/text.ts`)
 * and what the reference of the library calls its type.
 */
export type Form =
  | { readonly kind: 'duration'; readonly min: number; readonly orZero: boolean }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'boolean' | 'rate' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  /** Strings, whose schema is the same for a text. */
  | { readonly kind: 'text' }
  /** @param items names them in messages, such as `origins` */
  | { readonly kind: 'list'; readonly item: Form; readonly items: string }
  /** A value that only a program can write, with the name of its type. */
  | { readonly kind: 'value'; readonly type: string };

/** A type of setting: its bounds, and the check of a value that a program gives. */
export interface SettingType<Value, Input = Value> {
  readonly form: Form;
  readonly schema: v.GenericSchema<Input, Value>;
}

/**
 * A setting, declared once in a group of settings. The comment of its property is its description: for editors, and for
 * the references in `docs`, which `npm run generate` writes.
 */
export interface Setting<Value, Input = Value> extends SettingType<Value, Input> {
  readonly isSetting: true;
  /** `undefined` if there is none. */
  readonly fallback: Value;
}

export interface RequiredSetting<Value, Input = Value> extends Setting<Value, Input> {
  readonly isRequired: true;
}

/** Settings and groups of settings by name. */
export interface Settings {
  readonly [Name: string]: Setting<unknown, unknown> | Settings;
}

/** The values of a group of settings, with all defaults applied. */
export type ValuesOf<Group> = {
  readonly [Name in keyof Group]: Group[Name] extends Setting<infer Value, unknown>
    ? Value
    : ValuesOf<Group[Name]>;
};

/** A group of settings as an application writes them: what has a default may be omitted or `undefined`. */
export type OptionsOf<Group> = {
  readonly [Name in keyof Pick<Group, Exclude<keyof Group, Omissible<Group>>>]: InputOf<
    Group[Name]
  >;
} & {
  readonly [Name in keyof Pick<Group, Omissible<Group>>]?: InputOf<Group[Name]> | undefined;
};

type InputOf<Entry> = Entry extends Setting<unknown, infer Input> ? Input : OptionsOf<Entry>;

// Not by `undefined`, which is part of every type in a program without `strictNullChecks`.
type Omissible<Group> = {
  [Name in keyof Group]: Group[Name] extends RequiredSetting<unknown, unknown> ? never : Name;
}[keyof Group];

/** Options that may each be omitted or `undefined`, which selects the default. */
export type PartialOptions<Options> = {
  readonly [Name in keyof Options]?: Options[Name] | undefined;
};

/** A setting that must be given. */
export const required = <Value, Input>({
  form,
  schema,
}: SettingType<Value, Input>): RequiredSetting<Value, Input> => ({
  isSetting: true,
  isRequired: true,
  form,
  schema,
  fallback: undefined as Value,
});

/** A setting without a default: its value is `undefined` if it is not given. */
export const optional = <Value, Input>({
  form,
  schema,
}: SettingType<Value, Input>): Setting<Value | undefined, Input> => ({
  isSetting: true,
  form,
  schema: v.optional(schema) as v.GenericSchema<Input, Value | undefined>,
  fallback: undefined,
});

/** A setting with a default. */
export const withDefault = <Value, Input>(
  fallback: NoInfer<Value>,
  { form, schema }: SettingType<Value, Input>,
): Setting<Value, Input> => ({
  isSetting: true,
  form,
  // valibot checks the default as well, so that it keeps within the bounds.
  schema: v.optional(schema, fallback as unknown as Input) as v.GenericSchema<Input, Value>,
  fallback,
});

/** The defaults of a group whose settings all have one. */
export function defaultsOf<Group>(settings: Group): ValuesOf<Group> {
  const values = Object.entries(settings as Settings).map(([name, entry]) => [
    name,
    isSetting(entry) ? entry.fallback : defaultsOf(entry),
  ]);
  return Object.fromEntries(values) as ValuesOf<Group>;
}

export const isSetting = (entry: Setting<unknown, unknown> | Settings): entry is Setting<unknown> =>
  entry.isSetting === true;

/**
 * Validates the options of an application, which may not be type-checked, and applies the defaults.
 * @param of the function that takes the options, such as `openRedisStore`
 * @param contradictions returns the first of several valid options that do not go together, as the error to throw
 * @throws RangeError for a value of the right type that is out of bounds; TypeError for any other invalid value and for an
 * unknown option. The message has a line for each problem, which begins with the name of the option.
 */
export function readOptionsOf<Group>(
  of: string,
  settings: Group,
  options: unknown,
  contradictions: (values: ValuesOf<Group>) => Error | undefined = () => undefined,
): ValuesOf<Group> {
  const read = v.safeParse(strictObject(entriesOf(settings as Settings)), options, {
    abortPipeEarly: true,
  });
  if (read.success) {
    const values = read.output as ValuesOf<Group>;
    const contradiction = contradictions(values);
    if (contradiction === undefined) return values;
    throw contradiction;
  }
  // Messages repeat only values of numeric options: others may be secrets.
  const lines = read.issues.map(({ path, message }) => {
    const name = pathOf(path);
    return `${name === '' ? of : name} ${message}.`;
  });
  const message = lines.join('\n');
  throw OUT_OF_BOUNDS.has(read.issues[0].type) ? new RangeError(message) : new TypeError(message);
}

type Issue = v.BaseIssue<unknown>;

/** Formats a path as in JavaScript: `keys[0].secret`. */
function pathOf(path: readonly { readonly key: unknown }[] = []): string {
  const steps = path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return steps.join('').replace(/^\./, '');
}

/** A group in a group may be omitted. */
export function entriesOf(settings: Settings): v.ObjectEntries {
  const entries = Object.entries(settings).map(([name, entry]): [string, v.GenericSchema] => [
    name,
    isSetting(entry) ? entry.schema : v.optional(strictObject(entriesOf(entry)), {}),
  ]);
  return Object.fromEntries(entries);
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
    openObject(entries, `must be an object, of ${names}`),
  );
}

/** An object that may have other properties, which are ignored. */
export function openObject<Entries extends v.ObjectEntries>(entries: Entries, message: string) {
  // For a missing property, use the message of its own schema.
  return v.object(entries, ({ path, expected }: Issue): string => {
    const name = String(path?.at(-1)?.key);
    const entry = expected === `"${name}"` ? entries[name] : undefined;
    return (entry && v.safeParse(entry, undefined).issues?.[0].message) ?? message;
  });
}

const OUT_OF_BOUNDS: ReadonlySet<string> = new Set([
  'number',
  'safe_integer',
  'min_value',
  'max_value',
  'bounds',
]);

/** A check of a value of the right type. `readOptionsOf` throws a RangeError if it fails. */
export function inBounds<Value>(test: (value: Value) => boolean, message: string) {
  return { ...v.check(test, message), type: 'bounds' } as unknown as v.CheckAction<Value, string>;
}
