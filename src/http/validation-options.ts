/** How a request is validated. */
export interface ValidationOptions {
  /** Whether a session in cookies is refreshed when its refresh window has opened. Default true. */
  readonly refresh?: boolean | undefined;
}
