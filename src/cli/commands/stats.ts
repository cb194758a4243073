import { MAX_HOURS, type StatisticsReport } from '../../administration/statistics/statistics.js';
import type { Period } from '../../administration/statistics/period.js';
import {
  example,
  JSON_OPTION,
  readInteger,
  type CommandContext,
  type DefineCommand,
  type JsonOption,
} from '../command.js';
import { printable } from '../../visible-text.js';
import { withIsoTimes, table } from '../terminal.js';
import { operate } from '../operate.js';

interface Options extends JsonOption {
  readonly hours: number;
}

export const stats: DefineCommand = (parent, context) => {
  parent
    .command('stats')
    .description('show how many sessions there are, and what happened in the last hours')
    .option('--hours <number>', 'how many hours', readInteger(1, MAX_HOURS), 24)
    .option(...JSON_OPTION)
    .addHelpText('after', example('wallet-sessions stats --hours 168'))
    .action((options: Options) => run(options, context));
};

async function run({ hours, json }: Options, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const report = await operate(context, ({ services, by }) =>
    services.administration.statistics(by, hours),
  );
  if (json === true) {
    terminal.printJson(toJson(report));
    return;
  }
  for (const line of describe(report)) terminal.print(line);
}

function describe({ activeSessions, wallets, total, hours }: StatisticsReport): string[] {
  const rows = [
    ['active sessions', activeSessions],
    ['wallets that came', wallets],
    ['challenges', total.challenges],
    ['sign-ins', total.signIns],
    ...byReason('refused', total.refusals),
    ['refreshes', total.refreshes],
    ['reauthentications', total.reauthentications],
    ...byReason('ended', total.revocations),
  ] satisfies [string, number][];
  const span = hours.length === 1 ? 'hour' : `${hours.length} hours`;
  return table(
    [`Last ${span}`, ''],
    rows.map(([name, count]) => [name, count.toLocaleString('en')]),
  );
}

function byReason(what: string, counts: ReadonlyMap<string, number>): [string, number][] {
  return Array.from(counts, ([reason, count]) => [`  ${what}: ${printable(reason)}`, count]);
}

function toJson({ activeSessions, wallets, total, hours }: StatisticsReport): object {
  return { activeSessions, wallets, total: periodToJson(total), hours: hours.map(periodToJson) };
}

function periodToJson({ refusals, revocations, living: _, ...counts }: Period): object {
  return {
    ...withIsoTimes(counts, 'from'),
    refusals: Object.fromEntries(refusals),
    revocations: Object.fromEntries(revocations),
  };
}
