import { EXIT_CODES } from '../../service/exit-codes.js';
import type { Session } from '../../sessions/session.js';
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
import { counted, table, timeOf, withIsoTimes } from '../terminal.js';
import { operate } from '../operate.js';
import { WalletSessionsError } from '../../errors.js';
import { CommandFailure } from '../failure.js';

export const sessionsList: DefineCommand = (parent, context) => {
  parent
    .command('list')
    .description('show the active sessions of a wallet, newest first')
    .argument(...WALLET_ARGUMENT)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      example('wallet-sessions sessions list eip155:0:0x9858EfFD232B4033E47d90003D41EC34EcaEda94'),
    )
    .action((wallet: AccountId, options: JsonOption) => list(wallet, options, context));
};

async function list(
  wallet: AccountId,
  { json }: JsonOption,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  const { sessions, unreadable } = await operate(
    context,
    async ({ services, by, unreadableRecords }) => {
      const found = await services.administration.sessionsOf(by, wallet);
      return { sessions: found, unreadable: unreadableRecords() };
    },
  );
  if (unreadable > 0) {
    terminal.note(
      `${counted(unreadable, 'record')} could not be opened: altered, or encrypted with a key that SESSION_KEYS ` +
        'does not have. No session of theirs is let in by a service with these keys.',
    );
    context.exitWith(EXIT_CODES.FAILED);
  }
  if (json === true) {
    terminal.printJson({ wallet, sessions: sessions.map(toJson), unreadable });
    return;
  }
  if (sessions.length === 0) {
    const what = unreadable > 0 ? 'no other active session' : 'no active session';
    terminal.note(`${wallet} has ${what}.`);
    return;
  }
  const head = ['SESSION', 'DEVICE', 'FROM', 'SIGNED IN', 'LAST SEEN', 'EXPIRES'];
  const [names = '', ...lines] = table(head, sessions.map(toRow));
  terminal.print(terminal.style('bold', names));
  for (const line of lines) terminal.print(line);
}

/** The maximum width of a device's description, which leaves room for the other columns. */
const DEVICE_WIDTH = 32;

function toRow({ id, device, userAgent, ipAddress, ...times }: Session): string[] {
  const described = printable(device ?? userAgent ?? '-');
  const { createdAt, lastSeenAt, expiresAt } = times;
  return [
    printable(id),
    described.length > DEVICE_WIDTH ? `${beginningOf(described, DEVICE_WIDTH - 1)}…` : described,
    printable(ipAddress ?? '-'),
    ...[createdAt, lastSeenAt, expiresAt].map(timeOf),
  ];
}

/** Truncates text to a width, between grapheme clusters. */
function beginningOf(text: string, room: number): string {
  let beginning = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (beginning.length + segment.length > room) break;
    beginning += segment;
  }
  return beginning;
}

function toJson(session: Session): object {
  return withIsoTimes(
    session,
    'createdAt',
    'lastSeenAt',
    'authenticatedAt',
    'refreshFrom',
    'expiresAt',
    'absoluteExpiresAt',
  );
}

interface RevokeOptions extends JsonOption {
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
    .action((wallet: AccountId, options: RevokeOptions) => revoke(wallet, options, context));
};

async function revoke(
  wallet: AccountId,
  { session, all, json }: RevokeOptions,
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
