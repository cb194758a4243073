import { comparedPackages } from '../../bench/report/compared-packages.js';
import { ratioOfBoth } from '../../bench/report/find-values.js';
import { goalsTable } from '../../bench/report/goals.js';
import { readResults } from '../../bench/report/results.js';
import { GOAL_HEAD, goalCells, numberOf } from '../../bench/report/tables.js';
import { formatted, table, withSection } from './markdown.js';

const ALL_TABLES = 'bench/results/README.md';

/**
 * The figures of the latest results of each part of `npm run bench`: a summary in the documentation, and all tables in
 * `bench/results`.
 */
export async function measurements() {
  const parts = await readResults();
  return [
    await withSection('docs/performance.md', 'bench goals', goals(parts)),
    await withSection('docs/comparison.md', 'bench peers', peers(parts)),
    { path: ALL_TABLES, content: await formatted(ALL_TABLES, allTables(parts)) },
  ];
}

/** The goals without the spread of their measurements. */
function goals(parts) {
  const judged = goalsTable(parts).goals.filter(({ goal }) => goal !== undefined);
  const columns = [0, 1, 4, 5].map((column) => (cells) => cells[column]);
  const rows = judged.map(goalCells).map((cells) => columns.map((column) => column(cells)));
  return table(['', 'measured', 'goal', ''], rows);
}

const BETTER_AUTH = /^Better Auth/;
const EXPRESS_SESSION = /^(?:siwe \+ )?express-session/;
const OURS = /^this (?:service|project in Express 5)(?:, native)?$/;

/** What is compared with both projects: the tables whose times add up. */
const COMPARED = {
  'checking a session in Express 5': ['session-check', ['peers']],
  'signing in: challenge and answer': ['sign-in', ['challenge', 'answer']],
  'refreshing a session': ['lifecycle', ['refreshing']],
  'listing the 5 sessions of a wallet': ['lifecycle', ['listing']],
  'logging out all 5 sessions of a wallet': ['lifecycle', ['logging-out-all']],
};

function peers(parts) {
  const cell = (value) => (value === undefined ? '—' : `${numberOf(value.median)} times`);
  return table(
    ['', 'Better Auth with Redis', 'express-session + connect-redis'],
    Object.entries(COMPARED).map(([what, [part, tables]]) => [
      what,
      ...[BETTER_AUTH, EXPRESS_SESSION].map((peer) =>
        cell(ratioOfBoth(part, tables, OURS, peer)(parts)),
      ),
    ]),
  );
}

function allTables(parts) {
  const measured = Object.entries(parts).filter(([name]) => name !== 'goals');
  return [
    '# Results',
    '`npm run generate` writes this page from the latest results of each part of `npm run bench`. The [method](../README.md) is described beside the benchmarks.',
    'Rates are per second of the one core that each server has. A ratio is the median of the rounds, with the smallest and the largest. Other work on the machine widens the spread: trust narrow ones, and repeat the others.',
    '## Goals',
    'The median decides whether a goal is reached. If the 95 % confidence interval of the median (by order statistics) includes the goal, the table says "not certain". The interval is somewhat too narrow, because rounds with the same server process are similar.',
    table(GOAL_HEAD, goalsTable(parts).goals.map(goalCells)),
    ...measured.flatMap(([name, part]) => [
      `## ${part.title}`,
      ...part.tables.flatMap(tableWithTitle),
      about(name, part),
    ]),
  ].join('\n\n');
}

function tableWithTitle(each) {
  const picture =
    each.picture === undefined ? [] : [`![The same as a flame graph](${each.picture})`];
  return [`**${each.title}**`, tableOf(each), ...picture];
}

/** When and where a part was measured. */
function about(name, { file, measuredAt, revision, machine, versions, loadBefore }) {
  const packages = comparedPackages(name, versions);
  const facts = [
    `${measuredAt.slice(0, 16).replace('T', ' ')} UTC`,
    `commit ${revision}`,
    `Node.js ${versions.node.slice(1)}`,
    `Redis ${versions['redis-server']}`,
    `${machine.processor}, ${machine.cores} cores`,
    `load average ${loadBefore.toFixed(1)} at the start`,
    ...(packages === undefined ? [] : [packages]),
  ];
  return `_Part \`${name}\`, \`${file}\`: ${facts.join('; ')}._`;
}

function tableOf({ rows, reference, measures, columns, lines, unit }) {
  if (lines !== undefined) {
    return table(
      ['', ...columns.map((column) => `${column}, ${unit}`)],
      lines.map(({ name, values }) => [name, ...values.map((value) => value.toFixed(1))]),
    );
  }
  if (rows === undefined) {
    return table(
      ['', 'measured', 'spread', 'goal'],
      measures.map(({ name, median, min, max, unit: each, goal = '' }) => [
        name,
        `${numberOf(median)} ${each}`,
        min === max ? '' : `${numberOf(min)}–${numberOf(max)}`,
        goal,
      ]),
    );
  }
  return table(
    ['', 'per second of a core', 'spread', 'Redis commands each', `times ${reference}`, 'spread'],
    rows.map(({ subject, perCoreSecond, redisCommands, ratio: times }) => [
      subject,
      numberOf(perCoreSecond.median),
      `${numberOf(perCoreSecond.min)}–${numberOf(perCoreSecond.max)}`,
      redisCommands.toFixed(1),
      times.median.toFixed(2),
      `${times.min.toFixed(2)}–${times.max.toFixed(2)}`,
    ]),
  );
}
