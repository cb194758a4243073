import type { Command } from 'commander';
import type { CommandContext } from '../../src/cli/command.js';
import { createProgram } from '../../src/cli/program.js';
import type { Snippet } from './documentation.js';

/** A command of the command line with its full name: `sessions list`. */
export interface NamedCommand {
  readonly name: string;
  readonly command: Command;
}

/** All commands of the command line. */
export function everyCommand(): NamedCommand[] {
  const program = createProgram({ version: '0.0.0' } as CommandContext);
  return program.commands.flatMap((command) =>
    command.commands.length === 0
      ? [{ name: command.name(), command }]
      : command.commands.map((one) => ({
          name: `${command.name()} ${one.name()}`,
          command: one,
        })),
  );
}

/** The example in the help of each command, as a snippet. */
export function examplesInHelp(): Snippet[] {
  return everyCommand().map(({ name, command }) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    const [, text = ''] = /^Example:\n {2}\$ (.+\n)/m.exec(help) ?? [];
    const page = `wallet-sessions ${name} --help`;
    return { id: `help#${name.replace(' ', '-')}`, place: page, page, language: 'sh', text };
  });
}
