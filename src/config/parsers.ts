import * as v from 'valibot';
import ms from 'ms';
import type { Rate } from '../rate-limits/rate-limits.js';

/** A whole number within bounds. */
export const integer = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, 'must be a whole number'),
    v.transform(Number),
    v.check((value) => value >= least && value <= most, `must be from ${least} to ${most}`),
  );

/** Items separated by commas; blanks around them do not count. */
export const list = (given: string) =>
  given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Any text: one that is empty counts as not set before it comes here. */
export const text = v.string();

export const boolean = v.pipe(
  v.picklist(['true', 'false'], 'must be true or false'),
  v.transform((given) => given === 'true'),
);

/** Web origins, at least one. */
export const origins = v.pipe(
  v.string(),
  v.transform(list),
  v.nonEmpty('must name at least one origin'),
  v.everyItem(
    (item) => URL.canParse(item) && new URL(item).origin === item,
    'must be origins like https://app.example.com, separated by commas, with no path',
  ),
);

/** A duration as people write it (`2h`, `30m`, `45s`, `500ms`), in milliseconds. */
export function duration(least = 0) {
  const read = v.rawTransform<string, number>(({ dataset: { value: text }, addIssue, NEVER }) => {
    const milliseconds =
      /^\d+(\.\d+)? ?[a-z]+$/i.test(text) || text === '0' ? ms(text as ms.StringValue) : undefined;
    if (typeof milliseconds !== 'number' || Number.isNaN(milliseconds) || milliseconds < least) {
      const atLeast = least > 0 ? ` of at least ${ms(least)}` : '';
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
    addIssue({ message: 'must be so many in so long, in whole seconds, like 60/1m, or none' });
    return NEVER;
  }
  return { acts: Number(acts), window: window.output };
});

/** `60/1m`: so many in so long; or `none`. */
export const rate = v.pipe(v.string(), read);
