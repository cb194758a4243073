import { readFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { EXIT_CODES, type ExitCode } from '../service/exit-codes.js';
import { failureOf } from './failure.js';
import { createProgram } from './program.js';
import { createTerminal } from './terminal.js';

// The reader of the output (`| head`) may close the pipe: stop then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT_CODES.OK);
});

const terminal = createTerminal();
try {
  const program = createProgram({
    environment: process.env,
    terminal,
    version: await versionOfPackage(),
    exitWith(code) {
      process.exitCode = code;
    },
  });
  await program.parseAsync();
} catch (error) {
  process.exitCode = codeOf(error);
}

function codeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    // commander has already printed the error or the help.
    return error.exitCode === 0 ? EXIT_CODES.OK : EXIT_CODES.USAGE;
  }
  const { message, exitCode } = failureOf(error);
  terminal.note(`wallet-sessions: ${message}`);
  return exitCode;
}

async function versionOfPackage(): Promise<string> {
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  return version;
}
