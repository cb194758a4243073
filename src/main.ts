#!/usr/bin/env node
import { EXIT_CODES } from './service/exit-codes.js';
import { explainMissingPackage } from './service/missing-package.js';

// Loaded here, so that a missing package can be explained.
const { serve } = await import('./service/serve.js').catch((error: unknown) => {
  const explained = explainMissingPackage(error);
  if (explained === undefined) throw error;
  console.error(`wallet-sessions: ${explained}`);
  process.exit(EXIT_CODES.FAILED);
});

const [unexpected] = process.argv.slice(2);
if (unexpected === undefined) {
  await serve(process.env);
} else {
  console.error(
    `main.js takes no arguments, but got "${unexpected}". Configure the service by environment variables ` +
      '(docs/configuration.md), and run commands with `npx wallet-sessions`.',
  );
  process.exitCode = EXIT_CODES.USAGE;
}
