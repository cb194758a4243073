import * as v from 'valibot';
import ms from 'ms';
import type { Rate } from '../rate-limits/rate-limits.js';

/** An integer from `min` to `max`. */
export const integer = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, 'must be a whole number'),
    v.transform(Number),
    v.check((value) => value >= min && value <= max, `must be from ${min} to ${max}`),
  );

/** Splits a comma-separated list and trims its items. */
export const list = (given: string) =>
  given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Any string. An empty variable counts as not set and never reaches a parser. */
export const text = v.string();

export const boolean = v.pipe(
  v.picklist(['true', 'false'], 'must be true or false'),
  v.transform((given) => given === 'true'),
);

/** One or more web origins. */
export const origins = v.pipe(
  v.string(),
  v.transform(list),
  v.nonEmpty('must name at least one origin'),
  v.everyItem(
    (item) => URL.canParse(item) && new URL(item).origin === item,
    'must be origins like https://app.example.com, separated by commas, with no path',
  ),
);

/** Parses a duration such as `2h`, `30m`, `45s` or `500ms` to milliseconds. */
export function duration(min = 0) {
  const read = v.rawTransform<string, number>(({ dataset: { value: text }, addIssue, NEVER }) => {
    const milliseconds =
      /^\d+(\.\d+)? ?[a-z]+$/i.test(text) || text === '0' ? ms(text as ms.StringValue) : undefined;
    if (typeof milliseconds !== 'number' || Number.isNaN(milliseconds) || milliseconds < min) {
      const atLeast = min > 0 ? ` of at least ${ms(min)}` : '';
      addIssue({ message: `must be a duration${atLeast}, like 2h, 30m, 45s or 500ms` });
      return NEVER;
    }
    return milliseconds;
  });
  return v.pipe(v.string(), read);
}

const read = v.rawTransform<string, Rate>(({ dataset: { value: text }, addIssue, NEVER }) => {
  if (text === 'none') return { acts: 0, window: 0 };
  const [, acts, within = ''] = /^([1-9]\d{0,6})\/(.+)$/.exec(text) ?? [];
  const window = v.safeParse(duration(1000), within);
  if (acts === undefined || !window.success || window.output % 1000 !== 0) {
    addIssue({ message: 'must be a rate like 60/1m, with a window of whole seconds, or none' });
    return NEVER;
  }
  return { acts: Number(acts), window: window.output };
});

/** Parses a rate: `60/1m` allows 60 per minute; `none` means no limit. */
export const rate = v.pipe(v.string(), read);
