import { surroundings } from './surroundings.js';

/** In this process, by name: the last task that was let in. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Runs one task of a name at a time (any number without a name): across the tabs of an origin where there are Web Locks, else in this
 * process. A courtesy between clients, no more: two that refresh at once all the same get the same
 * tokens from the service.
 */
export function exclusively<Value>(
  name: string | undefined,
  task: () => Promise<Value>,
): Promise<Value> {
  if (name === undefined) return task();
  const locks = surroundings.navigator?.locks;
  if (locks !== undefined) return locks.request(name, task);
  const turn = (queues.get(name) ?? Promise.resolve()).then(task);
  const done = turn
    .catch(() => undefined)
    .finally(() => {
      if (queues.get(name) === done) queues.delete(name);
    });
  queues.set(name, done);
  return turn;
}
