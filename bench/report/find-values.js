import { findTable } from './find-table.js';
import { spreadOf } from './statistics.js';

/** One row of a comparison by another, round by round. */
export function ratio(part, table, subject, reference) {
  return ratioOfBoth(part, [table], subject, reference);
}

/** The same for what takes a request of each of several comparisons: the times of both are added up. */
export function ratioOfBoth(part, tables, subject, reference) {
  return (parts) => {
    const timesOf = (name) => tables.map((table) => timesIn(findTable(parts, part, table), name));
    const [own, others] = [timesOf(subject), timesOf(reference)];
    if ([...own, ...others].includes(undefined)) return undefined;
    const timeIn = (times, round) => times.reduce((sum, each) => sum + each[round], 0);
    const ratios = own[0].map((_time, round) => timeIn(others, round) / timeIn(own, round));
    return { ...spreadOf(ratios), unit: 'times', measuredAt: parts[part].measuredAt };
  };
}

/** The requests per second of a core of one row of a comparison. */
export function rate(part, table, subject) {
  return (parts) => {
    const row = findTable(parts, part, table)?.rows?.find((each) => each.subject === subject);
    if (row === undefined) return undefined;
    const { measuredAt } = parts[part];
    return { ...row.perCoreSecond, unit: 'per second of a core', measuredAt };
  };
}

/** Seconds of a core that a request took, round by round. */
function timesIn(comparison, name) {
  const row = comparison?.rows?.find(({ subject }) => matches(name, subject));
  return row?.rounds.map((perCoreSecond) => 1 / perCoreSecond);
}

export function measure(part, table, name) {
  return (parts) => {
    const { measures = [] } = findTable(parts, part, table) ?? {};
    const found = measures.find((each) => matches(name, each.name));
    if (found === undefined) return undefined;
    const { median, min, max, interval, unit } = found;
    return { median, min, max, interval, unit, measuredAt: parts[part].measuredAt };
  };
}

/** The median of the commands that Redis executed for each request of a row. */
export function commands(part, table, subject) {
  return (parts) => {
    const median = findTable(parts, part, table)?.rows?.find(
      (each) => each.subject === subject,
    )?.redisCommands;
    if (median === undefined) return undefined;
    const { measuredAt } = parts[part];
    return { median, min: median, max: median, unit: 'commands each', measuredAt };
  };
}

const matches = (wanted, name) =>
  typeof wanted === 'string' ? wanted === name : wanted.test(name);
