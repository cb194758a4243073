import { randomBytes } from 'node:crypto';
import { InvalidArgumentError } from 'commander';
import { MIN_SECRET_LENGTH } from '../../sessions/key-ring.js';
import { example, JSON_OPTION, type DefineCommand, type JsonOption } from '../command.js';

interface Options extends JsonOption {
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
    .action(({ id = idOfToday(), json }: Options) => {
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
