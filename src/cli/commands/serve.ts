import { example, type DefineCommand } from '../command.js';

export const serve: DefineCommand = (parent, { environment }) => {
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
      const { serve: run } = await import('../../service/serve.js');
      await run(environment);
    });
};
