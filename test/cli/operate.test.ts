import type { CommandContext } from '../../src/cli/command.js';
import { CommandFailure } from '../../src/cli/failure.js';
import { operate } from '../../src/cli/operate.js';
import { createTerminal } from '../../src/cli/terminal.js';
import { ownPrefix, redisUrl } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

describe('a command of the operator', () => {
  const context: CommandContext = {
    environment: {
      REDIS_URL: redisUrl(),
      REDIS_KEY_PREFIX: ownPrefix(),
      SESSION_KEYS: `k:${Buffer.alloc(32, 1).toString('base64')}`,
    },
    terminal: createTerminal(),
    version: '0.0.0',
    exitWith() {
      throw new Error('It must not exit.');
    },
  };

  it('audits a command of the operator even when it fails at once', async () => {
    const { account: wallet } = aWallet();
    const failure = new CommandFailure('The command has failed.');
    const failed = operate(context, ({ services: { administration }, by }) => {
      const listed = administration.sessionsOf(by, wallet);
      return Promise.race([Promise.reject(failure), listed]);
    });
    await expect(failed).rejects.toBe(failure);
    const { entries } = await operate(context, ({ services: { auditLog } }) =>
      auditLog.ofEverybody(10),
    );
    expect(entries).toMatchObject([
      { entry: { type: 'administration.performed', act: 'READ_SESSIONS', wallet } },
    ]);
  });
});
