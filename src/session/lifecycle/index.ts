import type { RevocationFeed } from '../store.js';
import { authenticate, resumeSession } from './authenticate.js';
import { createAutomaticRefresh } from './automatic-refresh.js';
import { createSession } from './create.js';
import type { SessionDomain } from './domain.js';
import { createLastSeen } from './last-seen.js';
import { listSessions } from './list.js';
import { isFreshlyAuthenticated, reauthenticateSession } from './reauthenticate.js';
import { refreshSession } from './refresh.js';
import { revokeAllSessions, revokeSession } from './revoke.js';
import { createValidation } from './validate.js';
import { createRevocationWatch } from './watch.js';

/** The life of sessions: each step as one function, bound to a store, keys, a policy and a clock. */
export type SessionLifecycle = ReturnType<typeof createSessionLifecycle>;

export function createSessionLifecycle(domain: SessionDomain, feed: RevocationFeed) {
  const lastSeen = createLastSeen(domain);
  const validate = createValidation(domain, lastSeen);
  return {
    create: bind(domain, createSession),
    authenticate: bind(domain, authenticate),
    resume: bind(domain, resumeSession),
    validate,
    validateAndRefresh: createAutomaticRefresh(domain, validate),
    refresh: bind(domain, refreshSession),
    reauthenticate: bind(domain, reauthenticateSession),
    isFresh: bind(domain, isFreshlyAuthenticated),
    list: bind(domain, listSessions),
    revoke: bind(domain, revokeSession),
    revokeAll: bind(domain, revokeAllSessions),
    watch: createRevocationWatch(domain, feed),
    lastSeen,
    /** What the near-cache has done so far. */
    nearCache: domain.near.statistics,
    /** How the validations ended that the near-cache did not answer. */
    validations: domain.validations.statistics,
  };
}

function bind<Arguments extends unknown[], Result>(
  domain: SessionDomain,
  step: (domain: SessionDomain, ...args: Arguments) => Result,
): (...args: Arguments) => Result {
  return (...args) => step(domain, ...args);
}
