import ms from 'ms';
import * as v from 'valibot';

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
