import { useNow } from './now.js';

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const MINUTE = 60_000;
/** Each unit with its length and the age from which the next one is used. */
const UNITS = [
  { unit: 'minute', length: MINUTE, below: 60 * MINUTE },
  { unit: 'hour', length: 60 * MINUTE, below: 24 * 60 * MINUTE },
  { unit: 'day', length: 24 * 60 * MINUTE, below: 30 * 24 * 60 * MINUTE },
] as const;

/** How long ago a time is; the exact time on hover and for screen readers. */
export function RelativeTime({ at }: { readonly at: string }) {
  const now = useNow();
  const exact = exactTime(at);
  const relative = describeAge(Date.parse(at), now);
  return (
    <time dateTime={at} title={exact}>
      {relative}
      {relative !== exact && <span className="visually-hidden"> ({exact})</span>}
    </time>
  );
}

/** A time as people of this browser's language write it. */
export function exactTime(at: string): string {
  return EXACT.format(new Date(at));
}

function describeAge(at: number, now: number): string {
  const age = Math.max(0, now - at);
  if (age < MINUTE) return 'just now';
  const found = UNITS.find(({ below }) => age < below);
  if (found === undefined) return EXACT.format(at);
  return RELATIVE.format(-Math.floor(age / found.length), found.unit);
}
