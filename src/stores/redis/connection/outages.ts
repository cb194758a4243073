import type { Redis } from 'ioredis';
import { WalletSessionsError } from '../../../errors.js';
import type { RedisClient } from './client.js';

/**
 * Resolves to the reply. An error becomes `SERVICE_UNAVAILABLE`, with the original error as its cause: the caller must
 * treat the operation as undecided.
 */
export async function rethrowAsUnavailable<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (cause) {
    throw new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause });
  }
}

/** Whether a command failed because its key holds a value of another type. */
export function isWrongType(error: unknown): boolean {
  const cause = error instanceof WalletSessionsError ? error.cause : error;
  return cause instanceof Error && cause.message.includes('WRONGTYPE');
}

/**
 * Rejects commands that cannot be sent with the reason why the connection is down. The message of ioredis is the name of
 * an option instead.
 */
export function explainOutages(client: RedisClient): void {
  let reason: Error | undefined;
  client.on('close', () => {
    reason ??= new Error('The connection was closed.');
  });
  client.on('error', (error: Error) => {
    reason = error;
  });
  client.on('ready', () => {
    reason = undefined;
  });
  const send = client.sendCommand.bind(client);
  client.sendCommand = (...args: Parameters<Redis['sendCommand']>) => {
    if (reason !== undefined) explain(args[0], reason);
    return send(...args);
  };
}

function explain(command: Parameters<Redis['sendCommand']>[0], cause: Error): void {
  const { reject } = command;
  command.reject = (error) => {
    // If the command was sent, its outcome is unknown and its own error says the most.
    const wasSent = !error.message.includes('enableOfflineQueue');
    reject(wasSent ? error : new Error('Redis cannot be reached', { cause }));
  };
}
