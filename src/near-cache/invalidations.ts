import type { SessionId } from '../sessions/session.js';

/** The session whose record changed or ended, or `all` where it may be any. */
export type Invalidation = SessionId | 'all';

/**
 * How a store keeps true what was read from it: it tells of every change to a record that was read
 * since, whoever made it. A step of this process is told before it is answered.
 */
export interface Invalidations {
  /** Milliseconds for which a change made elsewhere can stay untold, whatever breaks. */
  readonly bound: number;
  /**
   * Whether what is read from now on will be told of, and every change has been told that was made
   * `bound` ago or earlier. Nothing that was read may be used while this is false.
   */
  upToDate(): boolean;
  listen(listener: (changed: Invalidation) => void): void;
}

/** Of a store that tells nothing: everything is read from it each time. */
export const noInvalidations: Invalidations = {
  bound: 0,
  upToDate: () => false,
  listen: () => undefined,
};
