import { z } from 'zod';
import type { Rate } from '../../session/rate-limit.js';
import { duration } from './duration.js';

/** `60/1m`: so many in so long; or `none`. */
export const rate = z.string().transform((text, context): Rate => {
  if (text === 'none') return { acts: 0, window: 0 };
  const [, acts, within = ''] = /^([1-9]\d{0,6})\/(.+)$/.exec(text) ?? [];
  const window = duration(1000).safeParse(within);
  if (acts === undefined || !window.success || window.data % 1000 !== 0) {
    context.addIssue('must be so many in so long, in whole seconds, like 60/1m, or none');
    return z.NEVER;
  }
  return { acts: Number(acts), window: window.data };
});
