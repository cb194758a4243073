import ms from 'ms';
import * as v from 'valibot';
import { WALLET_SESSIONS_SETTINGS } from '../core/read-options.js';
import type { Form, Setting } from '../options.js';
import type { Rate } from '../rate-limits/rate-limits.js';
import { readSessionKeys, type SecretKey } from '../sessions/key-ring.js';

/** Reads a text as the value of a setting, or adds an issue that says what it must be. */
type Parser = v.GenericSchema<string, unknown>;

/** A value, or what the text must be instead. */
export type ReadText = { readonly value: unknown } | { readonly problem: string };

/** Reads the text of a setting by its form, unless the text of the setting has a form of its own. */
export function readText(setting: Setting<unknown, unknown>, text: string): ReadText {
  // An empty list is written as a word: an empty variable counts as not set.
  if (text === 'none' && isEmptyList(setting.fallback)) return { value: [] };
  const parser = OWN_PARSERS.get(setting) ?? parserOfForm(setting.form, setting.schema);
  const { success, output, issues } = v.safeParse(parser, text);
  return success ? { value: output } : { problem: issues[0].message };
}

function parserOfForm(form: Form, schema: v.GenericSchema): Parser {
  switch (form.kind) {
    case 'duration':
      return duration(form.min, form.orZero);
    case 'integer':
      return integer(form.min, form.max);
    case 'boolean':
      return boolean;
    case 'rate':
      return rate;
    case 'list':
      return list(form, schema);
    case 'text':
    case 'choice':
      return schema as Parser;
    case 'value':
      throw new Error(`No text is a ${form.type}.`);
  }
}

/** The text of a default. */
export function textOf(value: unknown, { kind }: Form): string {
  if (kind === 'duration') return durationText(value as number);
  if (kind === 'rate') return rateText(value as Rate);
  if (isEmptyList(value)) return 'none';
  return String(value);
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

const integer = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, 'must be a whole number'),
    v.transform(Number),
    v.check((value) => value >= min && value <= max, `must be from ${min} to ${max}`),
  );

const boolean = v.pipe(
  v.picklist(['true', 'false'], 'must be true or false'),
  v.transform((text) => text === 'true'),
);

/** A duration such as `2h`, `30m`, `45s` or `500ms`, in milliseconds. */
function duration(min: number, orZero: boolean) {
  const atLeast = min > 0 ? ` of at least ${durationText(min)}` : '';
  const message = `must be ${orZero ? '0 or ' : ''}a duration${atLeast}, like 2h, 30m, 45s or 500ms`;
  return v.pipe(
    v.string(),
    v.regex(/^(?:\d+(?:\.\d+)? ?[a-z]+|0)$/i, message),
    v.transform((text) => ms(text as ms.StringValue) as number | undefined),
    v.number(message),
    v.check((value) => value >= min || (orZero && value === 0), message),
  );
}

const UNITS = [
  ['d', 24 * 60 * 60_000],
  ['h', 60 * 60_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

function durationText(milliseconds: number): string {
  if (milliseconds === 0) return '0';
  const [unit, length] = UNITS.find(([, length]) => milliseconds % length === 0) ?? ['ms', 1];
  return `${milliseconds / length}${unit}`;
}

/** A rate: `60/1m` allows 60 per minute; `none` means no limit. */
const rate = v.pipe(
  v.string(),
  v.rawTransform<string, Rate>(({ dataset: { value: text }, addIssue, NEVER }) => {
    if (text === 'none') return { acts: 0, window: 0 };
    const [, acts, within = ''] = /^([1-9]\d{0,6})\/(.+)$/.exec(text) ?? [];
    const window = v.safeParse(duration(1000, false), within);
    if (acts === undefined || !window.success || window.output % 1000 !== 0) {
      addIssue({ message: 'must be a rate like 60/1m, with a window of whole seconds, or none' });
      return NEVER;
    }
    return { acts: Number(acts), window: window.output };
  }),
);

function rateText({ acts, window }: Rate): string {
  return acts === 0 ? 'none' : `${acts}/${durationText(window)}`;
}

/** Splits a comma-separated list and trims its items. */
export const itemsOf = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function list({ item, items }: Form & { readonly kind: 'list' }, schema: v.GenericSchema): Parser {
  return v.pipe(
    v.string(),
    v.rawTransform<string, unknown>(({ dataset, addIssue, NEVER }) => {
      const texts = itemsOf(dataset.value);
      const given = item.kind === 'integer' ? texts.map(numberIn) : texts;
      const read = v.safeParse(schema, given);
      if (texts.length > 0 && read.success) return read.output;
      addIssue({ message: `must be ${items}, separated by commas` });
      return NEVER;
    }),
  );
}

const numberIn = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : text);

const sessionKeys = v.pipe(
  v.string(),
  v.rawTransform<string, readonly SecretKey[]>(({ dataset, addIssue, NEVER }) => {
    const read = readSessionKeys(dataset.value);
    if ('keys' in read) return read.keys;
    addIssue({ message: read.problem });
    return NEVER;
  }),
);

const rpcUrls = v.pipe(
  v.string(),
  v.transform(itemsOf),
  v.check(
    (items) => items.length > 0 && items.every((item) => /^eip155:[1-9]\d{0,14}=/.test(item)),
    'must be like eip155:1=https://rpc.example.com, separated by commas',
  ),
  v.mapItems((item) => {
    const separator = item.indexOf('=');
    return { chainId: item.slice(0, separator), url: item.slice(separator + 1) };
  }),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const read = v.safeParse(WALLET_SESSIONS_SETTINGS.rpcs.schema, dataset.value);
    if (read.success) return read.output;
    const [{ message }] = read.issues;
    addIssue({ message });
    return NEVER;
  }),
);

const OWN_PARSERS = new Map<Setting<unknown, unknown>, Parser>([
  [WALLET_SESSIONS_SETTINGS.keys, sessionKeys],
  [WALLET_SESSIONS_SETTINGS.rpcs, rpcUrls],
]);
