import { readdir, readFile } from 'node:fs/promises';
import { readResults } from '../../bench/report/results.js';
import { goalsTable } from '../../bench/report/goals.js';
import { comparedPackages } from '../../bench/report/compared-packages.js';
import { GOAL_HEAD, goalCells, numberOf } from '../../bench/report/tables.js';
import { table, withSection } from './markdown.js';

const SECTION = /<!-- bench (\S+) -->/g;

/**
 * The figures in the documentation, from what `npm run bench` last wrote: a page that has a section
 * `bench <part>` gets the tables of that part, with when and on what they were measured; `bench goals` what
 * of all parts is held against a goal.
 */
export async function measurements() {
  const parts = await readResults();
  const pages = (await readdir('docs')).filter((name) => name.endsWith('.md'));
  const written = await Promise.all(pages.map((name) => withFigures(`docs/${name}`, parts)));
  return written.filter((page) => page !== undefined);
}

async function withFigures(path, parts) {
  const names = [...(await readFile(path, 'utf8')).matchAll(SECTION)].map(([, name]) => name);
  let page;
  for (const name of names) {
    page = await withSection(path, `bench ${name}`, sectionFor(name, parts), page?.content);
  }
  return page;
}

function sectionFor(name, parts) {
  if (name === 'goals') return table(GOAL_HEAD, goalsTable(parts).goals.map(goalCells));
  const part = parts[name];
  return part === undefined
    ? `_Not measured yet: part ${name} of the benchmarks._`
    : sectionOf(name, part);
}

function sectionOf(name, { file, measuredAt, revision, machine, versions, loadBefore, tables }) {
  const where = `${machine.processor}, ${machine.cores} cores`;
  const load = `load average ${loadBefore.toFixed(1)} at the start`;
  const programs = `Node.js ${versions.node.slice(1)}, Redis ${versions['redis-server']}`;
  const about = `_${measuredAt.slice(0, 16).replace('T', ' ')} UTC, commit ${revision}, ${programs}, ${where}, ${load}; \`${file}\`_`;
  const told = tables.flatMap((each) => [
    `**${each.title}**`,
    tableOf(each),
    ...(each.picture === undefined
      ? []
      : [`![The same as a flame graph](../bench/results/${each.picture})`]),
  ]);
  const compared = comparedPackages(name, versions);
  const packages = compared === undefined ? [] : [`_With ${compared}_`];
  return [...told, ...packages, about].join('\n\n');
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
      measures.map(({ name, median, min, max, unit, goal = '' }) => [
        name,
        `${numberOf(median)} ${unit}`,
        min === max ? '' : `${numberOf(min)}–${numberOf(max)}`,
        goal,
      ]),
    );
  }
  return table(
    ['', 'a second of a core', 'spread', 'Redis commands each', `times ${reference}`, 'spread'],
    rows.map(({ subject, perCoreSecond, redisCommands, ratio }) => [
      subject,
      numberOf(perCoreSecond.median),
      `${numberOf(perCoreSecond.min)}–${numberOf(perCoreSecond.max)}`,
      redisCommands.toFixed(1),
      ratio.median.toFixed(2),
      `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`,
    ]),
  );
}
