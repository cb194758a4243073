import { randomBytes } from 'node:crypto';
import { InvalidArgumentError } from 'commander';
import { MIN_SECRET_LENGTH } from '../../sessions/key-ring.js';
import {
  example,
  JSON_OPTION,
  readInteger,
  type CommandContext,
  type DefineCommand,
  type JsonOption,
} from '../command.js';
import { setTimeout as pause } from 'node:timers/promises';
import { EXIT_CODES } from '../../service/exit-codes.js';
import type {
  KeyRotationReport,
  RemainingUse,
  RotationProgress,
} from '../../administration/rotate-keys.js';
import { counted, timeOf, withIsoTimes, type Terminal } from '../terminal.js';
import { operate } from '../operate.js';

interface GenerateOptions extends JsonOption {
  readonly id?: string;
}

export const keysGenerate: DefineCommand = (parent, { terminal }) => {
  parent
    .command('generate')
    .description('make a key for SESSION_KEYS: the only command that prints a secret')
    .option(
      '--id <id>',
      'name it so: 1 to 16 letters, digits, "_" or "-" (default: by date)',
      readId,
    )
    .option(...JSON_OPTION)
    .addHelpText('after', example('export SESSION_KEYS="$(wallet-sessions keys generate)"'))
    .action(({ id = idOfToday(), json }: GenerateOptions) => {
      const key = `${id}:${randomBytes(MIN_SECRET_LENGTH).toString('base64')}`;
      if (json === true) terminal.printJson({ id, key });
      else terminal.print(key);
    });
};

function readId(text: string): string {
  if (!/^[\w-]{1,16}$/.test(text)) {
    throw new InvalidArgumentError('It must be 1 to 16 letters, digits, "_" or "-".');
  }
  return text;
}

/** The date, so that operators recognize the key, and random characters, so that ids of one day differ. */
function idOfToday(): string {
  return `${new Date().toISOString().slice(0, 10)}-${randomBytes(2).toString('hex')}`;
}

interface RotationOptions extends JsonOption {
  readonly rate: number;
}

/** The interval in milliseconds between two lines of progress. */
const PROGRESS_INTERVAL = 500;

export const keysRotate: DefineCommand = (parent, context) => {
  parent
    .command('rotate')
    .description(
      'encrypt every session record with the first key of SESSION_KEYS, and tell what may go',
    )
    .option(
      '--rate <number>',
      'maximum number of records per second',
      readInteger(1, 1_000_000),
      2000,
    )
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      example(
        'SESSION_KEYS="$NEW,$OLD" wallet-sessions keys rotate',
        'Before, every instance must have the new key in front. Nobody is logged out. It may be broken off\n' +
          '  and run again. Progress goes to standard error: a line that changes on a terminal, else JSON lines.',
      ),
    )
    .action((options: RotationOptions) => rotate(options, context));
};

async function rotate({ rate, json }: RotationOptions, context: CommandContext): Promise<void> {
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
  if (report.encryptedMeanwhile > 0 || report.unreadable > 0) context.exitWith(EXIT_CODES.FAILED);
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
    terminal.progress(`${sessions} sessions checked, ${reencrypted} re-encrypted`);
  };
}

function toJson(report: KeyRotationReport): object {
  const others = report.others.map((use) => {
    const told = withIsoTimes(use, 'tokensExpireAt');
    return { ...told, tokensExpireAt: told.tokensExpireAt ?? null };
  });
  return { ...report, others };
}

/** Prints the result and, for each old key, whether it can be removed from SESSION_KEYS. */
function describeRotation(report: KeyRotationReport, { style }: Pick<Terminal, 'style'>): string[] {
  const { currentKeyId, sessions, reencrypted, unreadable, encryptedMeanwhile, others } = report;
  const lines = [
    `${counted(sessions, 'session')}, ${reencrypted} re-encrypted with the key "${currentKeyId}".`,
    ...others.map((use) => `  ${style(colourOf(use), use.keyId)}: ${verdictOn(use)}`),
  ];
  if (others.length === 0) lines.push('SESSION_KEYS has no other key.');
  if (unreadable > 0) {
    lines.push(
      style('red', `${counted(unreadable, 'record')} could not be read, and were not changed: `) +
        'altered, or encrypted with a key that SESSION_KEYS does not have. Their sessions are refused.',
    );
  }
  if (encryptedMeanwhile > 0) {
    lines.push(
      style(
        'red',
        `An old key was used again in the meantime (${counted(encryptedMeanwhile, 'record')}). `,
      ) +
        `Give every instance a SESSION_KEYS with "${currentKeyId}" in front, then run this again.`,
    );
  }
  return lines;
}

function colourOf({ records, tokens }: RemainingUse): 'green' | 'yellow' {
  return records + tokens === 0 ? 'green' : 'yellow';
}

function verdictOn({ isKnown, records, tokens, tokensExpireAt }: RemainingUse): string {
  if (!isKnown) {
    return `missing from SESSION_KEYS, and ${counted(Math.max(records, tokens), 'session')} would need it`;
  }
  if (records > 0) return `still needed: it encrypts ${counted(records, 'record')}`;
  if (tokens > 0 && tokensExpireAt !== undefined) {
    return (
      `still needed: ${counted(tokens, 'session')} have tokens that it hashes. They are refreshed, or have ` +
      `expired, by ${timeOf(tokensExpireAt)}`
    );
  }
  return 'may be removed: no session needs it. Older audit events, and used refresh tokens, do (docs/operating.md)';
}
