import { Command } from 'commander';
import { example, type CommandContext, type DefineCommand } from './command.js';
import { auditTail } from './commands/audit-tail.js';
import { doctor } from './commands/doctor.js';
import { keysGenerate, keysRotate } from './commands/keys.js';
import { sessionsList, sessionsRevoke } from './commands/sessions.js';
import { stats } from './commands/stats.js';

const serve: DefineCommand = (parent, { environment }) => {
  parent
    .command('serve')
    .description('run the service, as the environment configures it')
    .addHelpText(
      'after',
      example(
        'PORT=4000 REDIS_URL=redis://localhost:6379 wallet-sessions serve',
        'The variables are listed in docs/configuration.md.',
      ),
    )
    .action(async () => {
      // Loaded on demand, so that other commands start faster.
      const { serve: run } = await import('../service/serve.js');
      await run(environment);
    });
};

/** A command, or a named group of commands. */
type Entry =
  | DefineCommand
  | { readonly group: string; readonly about: string; readonly commands: readonly DefineCommand[] };

/** All commands, in the order of the help. */
const COMMANDS: readonly Entry[] = [
  serve,
  {
    group: 'keys',
    about: 'make keys, and change to new ones',
    commands: [keysGenerate, keysRotate],
  },
  {
    group: 'sessions',
    about: 'look up and revoke the sessions of a wallet',
    commands: [sessionsList, sessionsRevoke],
  },
  { group: 'audit', about: 'read the audit log', commands: [auditTail] },
  stats,
  doctor,
];

const AFTER_HELP = `
The commands take their configuration from the environment, as the service does.
Exit codes: 0 done, 1 failed or found a problem, 2 wrong usage, 69 the store cannot be had, 78 wrong configuration.
Colours are for terminals; NO_COLOR turns them off.`;

export function createProgram(context: CommandContext): Command {
  const program = new Command('wallet-sessions')
    .description(
      'Wallet sign-in and sessions over GraphQL: the service, and what its operator needs.',
    )
    .version(context.version)
    .exitOverride()
    // Errors quote the arguments, which may be pasted.
    .configureOutput({
      writeErr: (text) => {
        context.terminal.note(text.trimEnd());
      },
    })
    .showSuggestionAfterError()
    .addHelpText('after', AFTER_HELP);
  for (const entry of COMMANDS) {
    if (typeof entry === 'function') entry(program, context);
    else {
      const group = program.command(entry.group).description(entry.about);
      for (const define of entry.commands) define(group, context);
    }
  }
  return program;
}
