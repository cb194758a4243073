import * as v from 'valibot';
import {
  entriesOf,
  inBounds,
  openObject,
  type OptionsOf,
  type Settings,
  type SettingType,
  type ValuesOf,
} from './options.js';

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
  const message = ({ input }: v.BaseIssue<unknown>) => `is ${quoted(input)}, but ${expected}`;
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

export const isWebUrl = (given: string): boolean =>
  URL.canParse(given) && /^https?:$/.test(new URL(given).protocol);

export const webUrl = textWith(isWebUrl, 'must be a URL with https:// or http://');

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
