import { setTimeout as pause } from 'node:timers/promises';
import { EXIT_CODES } from '../../service/exit-codes.js';
import type {
  KeyRotationReport,
  RotationProgress,
} from '../../administration/key-rotation/report.js';
import {
  example,
  JSON_OPTION,
  readInteger,
  type CommandContext,
  type DefineCommand,
  type JsonOption,
} from '../command.js';
import { withIsoTimes } from '../json.js';
import { operate } from '../operate.js';
import type { Terminal } from '../terminal.js';
import { describeRotation } from './keys-rotate/describe.js';

interface Options extends JsonOption {
  readonly rate: number;
}

/** Milliseconds between two lines of progress. */
const PROGRESS_INTERVAL = 500;

export const keysRotate: DefineCommand = (parent, context) => {
  parent
    .command('rotate')
    .description(
      'encrypt every session record with the first key of SESSION_KEYS, and tell what may go',
    )
    .option('--rate <number>', 'records a second, at the most', readInteger(1, 1_000_000), 2000)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      example(
        'SESSION_KEYS="$NEW,$OLD" wallet-sessions keys rotate',
        'Before, every instance must have the new key in front. Nobody is logged out. It may be broken off\n' +
          '  and run again. Progress goes to standard error: a line that changes on a terminal, else JSON lines.',
      ),
    )
    .action((options: Options) => run(options, context));
};

async function run({ rate, json }: Options, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const report = await operate(context, ({ services, by }) =>
    services.administration.rotateKeys(by, {
      rate,
      pause: (duration) => pause(duration),
      onProgress: tellProgress(terminal),
    }),
  );
  if (json === true) terminal.printJson(toJson(report));
  else for (const line of describeRotation(report, terminal)) terminal.print(line);
  if (report.sealedMeanwhile > 0 || report.unreadable > 0) context.exitWith(EXIT_CODES.FAILED);
}

function tellProgress(terminal: Terminal): (progress: RotationProgress) => void {
  let last = 0;
  return ({ sessions, reencrypted }) => {
    const now = performance.now();
    if (last > 0 && now - last < PROGRESS_INTERVAL) return;
    last = now;
    if (!terminal.isInteractive) {
      terminal.note(JSON.stringify({ progress: { sessions, reencrypted } }));
      return;
    }
    terminal.progress(`${sessions} sessions looked at, ${reencrypted} encrypted anew`);
  };
}

function toJson(report: KeyRotationReport): object {
  const others = report.others.map((use) => {
    const told = withIsoTimes(use, 'tokensExpireAt');
    return { ...told, tokensExpireAt: told.tokensExpireAt ?? null };
  });
  return { ...report, others };
}
