import { execFileSync } from 'node:child_process';
import { availableParallelism, platform } from 'node:os';

/** The core of what is measured, and the core of all that loads it: the generator and Redis. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** Whether processes can be kept to a core here. Where not, the figures say so. */
export const pinned = platform() === 'linux' && availableParallelism() > 1 && hasTaskset();

/** A command line that runs on the core given, where that is possible. */
export function onCore(core, command, ...args) {
  return pinned ? ['taskset', '-c', String(core), command, ...args] : [command, ...args];
}

/** Moves this process, which may be the generator itself. */
export function moveTo(core) {
  if (pinned) execFileSync('taskset', ['-a', '-cp', String(core), String(process.pid)]);
}

function hasTaskset() {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
