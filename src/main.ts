#!/usr/bin/env node
import { explainMissingPackage } from './service/missing-package.js';

// Loaded here, so that a missing package can be explained.
const { serve } = await import('./service/serve.js').catch((error: unknown) => {
  const explained = explainMissingPackage(error);
  if (explained === undefined) throw error;
  console.error(`wallet-sessions: ${explained}`);
  process.exit(1);
});

await serve(process.env);
