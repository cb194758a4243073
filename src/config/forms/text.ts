import { z } from 'zod';

/** A whole number within bounds. */
export const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

/** Items separated by commas; blanks around them do not count. */
export const list = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export const truth = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((text) => text === 'true');

/** Web origins, at least one. */
export const origins = z
  .string()
  .transform(list)
  .refine((items) => items.length > 0, 'must name at least one origin')
  .refine(
    (items) => items.every((item) => URL.canParse(item) && new URL(item).origin === item),
    'must be origins like https://app.example.com, separated by commas, with no path',
  );
