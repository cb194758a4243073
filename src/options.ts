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
function entriesOf(settings: Settings): v.ObjectEntries {
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

/** An integer from `min` to `max`. */
export function integer(
  min: number,
  max = Number.MAX_SAFE_INTEGER,
  unit = 'number',
): SettingType<number> {
  const to = max === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${max}`;
  return {
    form: { kind: 'integer', min, max },
    schema: whole(min, max, `must be a whole ${unit}, at least ${min}${to}`),
  };
}

/** Milliseconds. */
export function duration(min = 0, { orZero = false } = {}): SettingType<number> {
  const message = `must be a whole number of milliseconds, at least ${min}${orZero ? ', or 0' : ''}`;
  const schema = whole(orZero ? 0 : min, Number.MAX_SAFE_INTEGER, message);
  return {
    form: { kind: 'duration', min, orZero },
    schema: v.pipe(
      schema,
      inBounds((value: number) => value === 0 || value >= min, message),
    ),
  };
}

function whole(min: number, max: number, expected: string) {
  const message = ({ input }: Issue) => `is ${quoted(input)}, but ${expected}`;
  return v.pipe(
    v.number(message),
    v.safeInteger(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

/** Distinguishes "5" from 5. */
function quoted(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

export const text: SettingType<string> = {
  form: { kind: 'text' },
  schema: v.string('must be a text'),
};

/** A text that passes a test. */
export const textWith = (
  test: (text: string) => boolean,
  message: string,
): SettingType<string> => ({
  form: { kind: 'text' },
  schema: v.pipe(text.schema, v.check(test, message)),
});

export const boolean: SettingType<boolean> = {
  form: { kind: 'boolean' },
  schema: v.boolean('must be true or false'),
};

/** One of several texts. */
export const choice = <const Value extends string>(
  values: readonly Value[],
): SettingType<Value> => ({
  form: { kind: 'choice', values },
  schema: v.picklist(values, `must be ${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`),
});

/** @param items names the items in messages: `origins like https://app.example.com` */
export const list = <Value, Input>(
  item: SettingType<Value, Input>,
  items: string,
): SettingType<readonly Value[], readonly Input[]> => ({
  form: { kind: 'list', item: item.form, items },
  schema: v.array(item.schema, `must be a list of ${items}`),
});

export function oneOrMore<Value, Input>(
  item: SettingType<Value, Input>,
  items: string,
): SettingType<readonly [Value, ...Value[]], readonly Input[]> {
  const message = `must be a list of ${items}, one or more`;
  return {
    form: { kind: 'list', item: item.form, items },
    schema: v.pipe(
      v.array(item.schema, message),
      v.nonEmpty(message),
    ) as unknown as v.GenericSchema<readonly Input[], readonly [Value, ...Value[]]>,
  };
}

/** An object of settings, which may have other properties. */
export function objectOf<Group>(
  settings: Group,
  type: string,
  message: string,
): SettingType<ValuesOf<Group>, OptionsOf<Group>> {
  const schema = openObject(entriesOf(settings as Settings), message);
  return value(type, schema as unknown as v.GenericSchema<OptionsOf<Group>, ValuesOf<Group>>);
}

/** A value that a schema checks, and only a program can write. */
export const value = <Value, Input = Value>(
  type: string,
  schema: v.GenericSchema<Input, Value>,
): SettingType<Value, Input> => ({ form: { kind: 'value', type }, schema });

export const callable = <Value>(type: string): SettingType<Value> =>
  value(
    type,
    v.custom<Value>((given) => typeof given === 'function', 'must be a function'),
  );

/** An object with the given properties, which is used as it is. */
export const instanceWith = <Value extends object>(
  type: string,
  names: readonly (keyof Value & string)[],
  message: string,
): SettingType<Value> =>
  value(
    type,
    v.custom<Value>(
      (given) =>
        typeof given === 'object' && given !== null && names.every((name) => name in given),
      message,
    ),
  );
