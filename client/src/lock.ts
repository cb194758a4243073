import { surroundings } from './surroundings.js';

/** By name: settles with the last task of this process. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Runs one task of a name at a time, across the tabs of an origin if there are Web Locks, else in this process. Without a
 * name, any number of tasks run at once. It only saves requests: two clients that refresh at once get the same tokens from
 * the service.
 */
export function exclusively<Value>(
  name: string | undefined,
  task: () => Promise<Value>,
): Promise<Value> {
  if (name === undefined) return task();
  const locks = surroundings.navigator?.locks;
  if (locks) return locks.request(name, task);
  const turn = (queues.get(name) ?? Promise.resolve()).then(task);
  queues.set(
    name,
    turn.catch(() => undefined),
  );
  return turn;
}
