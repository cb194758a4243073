import { WalletSessionsError } from '../../errors.js';
import { EXIT_CODES } from '../../service/exit-codes.js';
import { printable } from '../../visible-text.js';
import type { AccountId } from '../../accounts/account-id.js';
import {
  example,
  JSON_OPTION,
  WALLET_ARGUMENT,
  type CommandContext,
  type DefineCommand,
  type JsonOption,
} from '../command.js';
import { CommandFailure } from '../failure.js';
import { operate } from '../operate.js';

interface Options extends JsonOption {
  readonly session?: string;
  readonly all?: true;
}

export const sessionsRevoke: DefineCommand = (parent, context) => {
  parent
    .command('revoke')
    .description('revoke one session of a wallet, or all of them')
    .argument(...WALLET_ARGUMENT)
    .option('--session <id>', 'the session to revoke')
    .option('--all', 'revoke all sessions')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      example(
        'wallet-sessions sessions revoke eip155:0:0x9858EfFD232B4033E47d90003D41EC34EcaEda94 --all',
      ),
    )
    .action((wallet: AccountId, options: Options) => run(wallet, options, context));
};

async function run(
  wallet: AccountId,
  { session, all, json }: Options,
  context: CommandContext,
): Promise<void> {
  if ((session === undefined) === (all === undefined)) {
    throw new CommandFailure(
      'Give either --session with an id (`sessions list` shows them), or --all.',
      EXIT_CODES.USAGE,
    );
  }
  const revoked = await operate(context, async ({ services: { administration }, by }) => {
    if (session === undefined) return administration.revokeSessions(by, wallet);
    return [await administration.revokeSession(by, wallet, session).catch(sayNotFound)];
  });
  const sessionIds = revoked.map(({ sessionId }) => sessionId);
  // Another program may have written an invalid id to the store.
  const named = sessionIds.map(printable).join(', ');
  const { terminal } = context;
  if (json === true) terminal.printJson({ wallet, revoked: sessionIds });
  else terminal.print(named === '' ? 'The wallet has no sessions.' : `Revoked ${named}.`);
}

function sayNotFound(error: unknown): never {
  if (error instanceof WalletSessionsError && error.code === 'SESSION_NOT_FOUND') {
    throw new CommandFailure(error.message);
  }
  throw error;
}
