/** What `docs/scale.md` assumes. Nothing of it is measured; change it and run `npm run generate`. */
export const WORKLOAD = {
  sessions: 100e6,
  requestsPerSecond: 1e6,
  /** Somebody who is there asks so often: a page of an application with a few queries. */
  requestsOfAnActiveSession: 1 / 3,
  /** From sign-in to logout, kept alive by refreshes. */
  secondsOfASession: 86_400,
  /** When the refresh window opens: two hours less thirty minutes. */
  secondsBetweenRefreshes: 5_400,
  secondsBetweenLastSeen: 60,
  /** `{ session { id } }` with its headers, TLS and TCP not counted: what an application asks is more. */
  bytesOfARequestAndItsAnswer: 1000,
  /** `AUDIT_LOG_SIZE_PER_WALLET=20`: a day's refreshes and a few sign-ins. The default, 100, takes five times as much. */
  auditEntriesOfAWallet: 20,
  /** How long the end of a session is kept for those who listen. */
  secondsOfAnEnd: 86_400,
  /** How much of a core is planned to be used, so that the loss of a third is borne. */
  plannedUse: 0.5,
  gigabytesOfAShard: 12,
  /** Order of magnitude of list prices for virtual machines, in US dollars. */
  dollarsOfACoreHour: 0.04,
  dollarsOfAGigabyteHour: 0.005,
  dollarsOfAGigabyteOut: 0.05,
};
