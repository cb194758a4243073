import type { PeriodFieldsFragment } from '../generated/documents.js';

/** The ranges that charts show. */
export const RANGES = [
  { name: 'day', title: '24 hours', hours: 24 },
  { name: 'week', title: '7 days', hours: 7 * 24 },
  { name: 'month', title: '30 days', hours: 30 * 24 },
] as const;

export type Range = (typeof RANGES)[number];

/** The counts of an hour or of a day. */
export interface Column {
  /** The start, in milliseconds since the Unix epoch. */
  readonly from: number;
  /** The time as its axis names it: `2 PM`, `30 Nov`. */
  readonly label: string;
  /** The whole time: `30 Nov, 14:00 – 15:00`. */
  readonly title: string;
  /** The counts by series. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A chart's data: columns in the order of time, and series from the largest to the smallest. */
export interface ChartData {
  readonly columns: readonly Column[];
  readonly series: readonly Series[];
}

export interface Series {
  readonly name: string;
  readonly total: number;
}

/** The largest number of series: with more, the smallest are one. */
export const MOST_SERIES = 5;
export const OTHERS = 'Others';

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const HOUR_ALONE = new Intl.DateTimeFormat(undefined, { hour: 'numeric' });
const DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const HOUR = 60 * 60_000;

type Counting = (period: PeriodFieldsFragment) => Iterable<readonly [name: string, count: number]>;

/** Counts each hour of a day, or each day of a longer range in the time zone of this browser. */
export function chartOf(
  hours: readonly PeriodFieldsFragment[],
  { name: range }: Pick<Range, 'name'>,
  counting: Counting,
): ChartData {
  const columns = new Map<number, { counts: Map<string, number> }>();
  const totals = new Map<string, number>();
  for (const period of hours) {
    const start = range === 'day' ? Date.parse(period.from) : startOfDay(period.from);
    const { counts } = columns.get(start) ?? { counts: new Map<string, number>() };
    columns.set(start, { counts });
    for (const [series, count] of counting(period)) {
      counts.set(series, (counts.get(series) ?? 0) + count);
      totals.set(series, (totals.get(series) ?? 0) + count);
    }
  }
  const bySize = [...totals].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  const shown = bySize.length <= MOST_SERIES ? bySize : bySize.slice(0, MOST_SERIES - 1);
  const rest = bySize.slice(shown.length);
  const names = new Set(shown.map(([series]) => series));
  const series = shown.map(([series_, total]) => ({ name: series_, total }));
  if (rest.length > 0) {
    series.push({ name: OTHERS, total: rest.reduce((sum, [, total]) => sum + total, 0) });
  }
  return {
    series,
    columns: Array.from(columns, ([from, { counts }]) => ({
      from,
      ...namesOf(from, range),
      counts: grouped(counts, names),
    })),
  };
}

function grouped(
  counts: ReadonlyMap<string, number>,
  names: ReadonlySet<string>,
): Record<string, number> {
  const result: Record<string, number> = {};
  for (const [series, count] of counts) {
    const name = names.has(series) ? series : OTHERS;
    result[name] = (result[name] ?? 0) + count;
  }
  return result;
}

export function totalOf({ counts }: Column): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function namesOf(from: number, range: Range['name']): Pick<Column, 'label' | 'title'> {
  if (range !== 'day') return { label: DATE.format(from), title: DATE.format(from) };
  const title = `${DATE.format(from)}, ${TIME.format(from)} – ${TIME.format(from + HOUR)}`;
  return { label: HOUR_ALONE.format(from), title };
}

function startOfDay(time: string): number {
  return new Date(time).setHours(0, 0, 0, 0);
}
