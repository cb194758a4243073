/** `wallet-sessions/fetch`: sign-in and sessions for servers of web-standard requests and responses. */
export {
  createFetchApi,
  type FetchApi,
  type FetchApiOptions,
  type OpenedSession,
} from './fetch-api.js';
export type { FetchClient, FetchRequest } from './request.js';
export type { RestSources } from '../rest/api.js';
