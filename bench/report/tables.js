const integer = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Prints the tables of a part for a reader at a terminal. */
export function printTables(title, tables) {
  console.log(`\n${title}`);
  for (const table of tables) {
    console.log(`\n  ${table.title}`);
    printColumns(columnsOf(table));
  }
}

function columnsOf(table) {
  if ('rows' in table) return comparisonColumns(table);
  if ('goals' in table) return goalColumns(table);
  return 'lines' in table ? breakdownColumns(table) : measureColumns(table);
}

function goalColumns({ goals }) {
  return [GOAL_HEAD, ...goals.map(goalCells)];
}

export const GOAL_HEAD = ['', 'measured', 'spread', '95 % interval', 'goal', '', 'on'];

/** A goal in words, for the terminal and for the documentation. */
export function goalCells({ name, median, min, max, interval, unit, goal = '', ...judged }) {
  if (median === undefined) return [name, 'not measured', '', '', goal, '', ''];
  return [
    name,
    `${numberOf(median)} ${unit}`,
    min === max ? '' : rangeOf([min, max]),
    interval === undefined || min === max ? '' : rangeOf(interval),
    goal,
    judgementOf(judged),
    judged.measuredAt.slice(0, 10),
  ];
}

const rangeOf = ([from, to]) => `${numberOf(from)}–${numberOf(to)}`;

function judgementOf({ isReached, isCertain }) {
  if (isReached === undefined) return '';
  return `${isReached ? 'reached' : 'not reached'}${isCertain ? '' : ', not certain'}`;
}

function breakdownColumns({ columns, lines, unit }) {
  const body = lines.map(({ name, values }) => [name, ...values.map((value) => value.toFixed(1))]);
  return [[unit, ...columns], ...body];
}

function comparisonColumns({ reference, rows }) {
  const head = [
    '',
    'per second',
    'of a core (spread)',
    'Redis commands',
    'p50',
    'p99',
    `× ${reference}`,
  ];
  const body = rows.map(({ subject, perSecond, perCoreSecond, redisCommands, latency, ratio }) => [
    subject,
    integer.format(perSecond.median),
    `${integer.format(perCoreSecond.median)} (${integer.format(perCoreSecond.min)}–${integer.format(perCoreSecond.max)})`,
    redisCommands.toFixed(2),
    `${latency.p50.toFixed(1)} ms`,
    `${latency.p99.toFixed(1)} ms`,
    `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`,
  ]);
  return [head, ...body];
}

function measureColumns({ measures }) {
  return measures.map(({ name, median, min, max, unit, goal }) => [
    name,
    numberOf(median),
    min === max ? '' : `(${numberOf(min)}–${numberOf(max)})`,
    unit,
    goal === undefined ? '' : `goal ${goal}`,
  ]);
}

/** Three digits at least where the value is small. */
export function numberOf(value) {
  return Math.abs(value) >= 100 ? integer.format(value) : value.toPrecision(3);
}

/** Prints lines of cells under each other, the first one as text and the others as numbers. */
export function printColumns(lines) {
  const widths = lines[0].map((_cell, column) =>
    Math.max(...lines.map((cells) => [...cells[column]].length)),
  );
  for (const cells of lines) {
    const [first, ...others] = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    console.log(`  ${[first, ...others].join('  ')}`);
  }
}
