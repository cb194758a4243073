import {
  ADMINISTRATION_VARIABLES,
  METRICS_VARIABLES,
  SERVICE_VARIABLES,
} from './variables/service.js';
import { CONNECTION_VARIABLES, TRANSPORT_VARIABLES } from './variables/transport.js';
import { KEY_BINDING_VARIABLES } from './variables/key-binding.js';
import { GRAPHQL_VARIABLES } from './variables/graphql.js';
import {
  RATE_LIMITS_VARIABLES,
  SESSIONS_VARIABLES,
  SIGN_IN_VARIABLES,
} from './variables/sessions.js';
import { REDIS_VARIABLES } from './variables/redis.js';

/** Every environment variable that the service reads. */
export const VARIABLES = {
  ...SERVICE_VARIABLES,
  ...REDIS_VARIABLES,
  ...SIGN_IN_VARIABLES,
  ...SESSIONS_VARIABLES,
  ...KEY_BINDING_VARIABLES,
  ...ADMINISTRATION_VARIABLES,
  ...RATE_LIMITS_VARIABLES,
  ...TRANSPORT_VARIABLES,
  ...CONNECTION_VARIABLES,
  ...GRAPHQL_VARIABLES,
  ...METRICS_VARIABLES,
} as const;

/** The names by area, in the order of docs/configuration.md. */
export const AREAS: readonly { readonly title: string; readonly names: readonly string[] }[] = [
  { title: 'The service', names: Object.keys(SERVICE_VARIABLES) },
  { title: 'Redis', names: Object.keys(REDIS_VARIABLES) },
  { title: 'Signing in', names: Object.keys(SIGN_IN_VARIABLES) },
  { title: 'Sessions', names: Object.keys(SESSIONS_VARIABLES) },
  { title: 'Keys of clients', names: Object.keys(KEY_BINDING_VARIABLES) },
  { title: 'Administration and the audit log', names: Object.keys(ADMINISTRATION_VARIABLES) },
  { title: 'Rate limits', names: Object.keys(RATE_LIMITS_VARIABLES) },
  { title: 'HTTP, browsers and WebSocket', names: Object.keys(TRANSPORT_VARIABLES) },
  { title: 'Hosts, connections and request bodies', names: Object.keys(CONNECTION_VARIABLES) },
  { title: 'GraphQL and pages', names: Object.keys(GRAPHQL_VARIABLES) },
  { title: 'Metrics', names: Object.keys(METRICS_VARIABLES) },
];
