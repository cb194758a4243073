import * as v from 'valibot';
import type { Rate } from '../../rate-limits/rate-limits.js';
import { duration } from './duration.js';

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
