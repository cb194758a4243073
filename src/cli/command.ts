import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { ExitCode } from '../service/exit-codes.js';
import { parseAccountId, type AccountId } from '../accounts/account-id.js';
import type { Terminal } from './terminal.js';

/** The environment of a command. */
export interface CommandContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
  /** The version of the package. */
  readonly version: string;
  /** Sets the exit code after a command that printed its own failure. */
  exitWith(code: ExitCode): void;
}

/** Adds a command to the program, or to a group of commands. */
export type DefineCommand = (parent: Command, context: CommandContext) => void;

/** The `--json` option, for commands whose result a script may read. */
export const JSON_OPTION = ['--json', 'write JSON, for scripts'] as const;

/** The argument of commands that concern one wallet. */
export const WALLET_ARGUMENT = [
  '<wallet>',
  'its CAIP-10 account id: eip155:0:0x… for an EOA, eip155:1:0x… for a contract wallet on chain 1',
  readWallet,
] as const;

export interface JsonOption {
  readonly json?: true;
}

/** Adds examples to the help of a command. */
export function example(command: string, explanation = ''): string {
  return `\nExample:\n  $ ${command}${explanation === '' ? '' : `\n  ${explanation}`}`;
}

export function readWallet(text: string): AccountId {
  const wallet = parseAccountId(text);
  if (wallet === undefined) {
    throw new InvalidArgumentError(
      'It must be a CAIP-10 account id: eip155:0:0x… for an EOA, eip155:1:0x… for a contract wallet on chain 1.',
    );
  }
  return wallet;
}

/** Parses an integer within bounds. */
export function readInteger(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}
