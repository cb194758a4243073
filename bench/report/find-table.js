/** A table of a part by its id, or by its title where it has none. */
export function findTable(parts, part, name) {
  return parts[part]?.tables.find(({ id, title }) => (id ?? title) === name);
}

/**
 * The ids of the tables of each part, in the order in which they stood up to November 28, 2026: files of that time do
 * not have them.
 */
const IDS_BEFORE = {
  'session-check': ['peers', 'check-alone'],
  graphql: ['peers', 'typename', 'session'],
  'sign-in': ['challenge', 'answer'],
  lifecycle: ['refreshing', 'listing', 'logging-out-all'],
  revocation: ['alone', 'idle-sockets'],
  memory: ['bytes', 'growth', 'kept-later'],
  'unit-costs': ['redis', 'process'],
};

/** The tables of a part with ids, in whichever file they are. */
export function withIds(part, tables) {
  return tables.map((table, position) => ({ id: IDS_BEFORE[part]?.[position], ...table }));
}
