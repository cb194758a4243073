import { anyServer } from './any-server.js';
import { graphql } from './graphql.js';
import { signIn } from './sign-in.js';
import { keyBinding } from './key-binding.js';
import { lifecycle } from './lifecycle.js';
import { limits } from './limits.js';
import { nearCache } from './near-cache.js';
import { nearCacheBound } from './near-cache-bound.js';
import { oneWallet } from './one-wallet.js';
import { memory } from './memory.js';
import { processStart } from './process-start.js';
import { profile } from './profile.js';
import { revocation } from './revocation.js';
import { sessionCheck } from './session-check.js';
import { socketMemory } from './socket-memory.js';
import { unitCosts } from './unit-costs.js';
import { validation } from './validation.js';
import { variety } from './variety.js';
import { verification } from './verification.js';

/** In the order in which they run. */
export const parts = [
  sessionCheck,
  anyServer,
  graphql,
  keyBinding,
  variety,
  profile,
  signIn,
  lifecycle,
  verification,
  validation,
  revocation,
  nearCache,
  nearCacheBound,
  oneWallet,
  memory,
  socketMemory,
  processStart,
  unitCosts,
  limits,
];
