/** Sessions in Redis: the steps of a session, the collection of expired ones, the scan of all, and repair of indexes. */
export { createRedisExpiredSessions } from './expired-sessions.js';
export { createIndexRepair, withIndexRepair } from './index-repair.js';
export { createRedisRecordScanner } from './record-scanner.js';
export { createRedisSessionStore } from './session-store.js';
