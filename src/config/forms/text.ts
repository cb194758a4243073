import * as v from 'valibot';

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
