import type { SessionId } from '../sessions/session.js';

/** The session whose record changed or ended, or `all` if it may be any session. */
export type Invalidation = SessionId | 'all';

/**
 * Reports each change to a record that this process has read, no matter which instance made it. A change that this
 * process makes is reported before its promise resolves.
 */
export interface Invalidations {
  /** The maximum time in milliseconds until a change by another instance is reported, under any failure. */
  readonly bound: number;
  /**
   * Whether changes to records that are read from now on will be reported, and all changes that are older than `bound`
   * have been reported. While this is false, cached records must not be used.
   */
  upToDate(): boolean;
  listen(listener: (changed: Invalidation) => void): void;
}

/** For a store that reports no changes: each request reads the record. */
export const noInvalidations: Invalidations = {
  bound: 0,
  upToDate: () => false,
  listen: () => undefined,
};
