import type { Redis } from 'ioredis';
import type { RedisClient } from './connect.js';

/**
 * Has commands that are not sent while there is no connection fail with what became of the connection. What ioredis
 * says of it is the name of an option.
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
    // Of one that was sent nothing is known: its own error says the most.
    const wasSent = !error.message.includes('enableOfflineQueue');
    reject(wasSent ? error : new Error('Redis cannot be reached', { cause }));
  };
}
