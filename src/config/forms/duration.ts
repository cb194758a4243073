import ms from 'ms';
import { z } from 'zod';

/** A duration as people write it (`2h`, `30m`, `45s`, `500ms`), in milliseconds. */
export function duration(least = 0) {
  return z.string().transform((text, context) => {
    const milliseconds =
      /^\d+(\.\d+)? ?[a-z]+$/i.test(text) || text === '0' ? ms(text as ms.StringValue) : undefined;
    if (typeof milliseconds !== 'number' || Number.isNaN(milliseconds) || milliseconds < least) {
      const atLeast = least > 0 ? ` of at least ${ms(least)}` : '';
      context.addIssue(`must be a duration${atLeast}, like 2h, 30m, 45s or 500ms`);
      return z.NEVER;
    }
    return milliseconds;
  });
}
