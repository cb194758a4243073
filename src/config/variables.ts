import { ADMINISTRATION_VARIABLES } from './variables/administration.js';
import { GRAPHQL_VARIABLES } from './variables/graphql.js';
import { METRICS_VARIABLES } from './variables/metrics.js';
import { RATE_LIMITS_VARIABLES } from './variables/rate-limits.js';
import { REDIS_VARIABLES } from './variables/redis.js';
import { SERVICE_VARIABLES } from './variables/service.js';
import { SESSIONS_VARIABLES } from './variables/sessions.js';
import { SIGN_IN_VARIABLES } from './variables/sign-in.js';
import { TRANSPORT_VARIABLES } from './variables/transport.js';

/** Every environment variable that the service reads. The table in the README is made from this. */
export const VARIABLES = {
  ...SERVICE_VARIABLES,
  ...REDIS_VARIABLES,
  ...SIGN_IN_VARIABLES,
  ...SESSIONS_VARIABLES,
  ...ADMINISTRATION_VARIABLES,
  ...RATE_LIMITS_VARIABLES,
  ...TRANSPORT_VARIABLES,
  ...GRAPHQL_VARIABLES,
  ...METRICS_VARIABLES,
} as const;
