/** Milliseconds between two looks at the parent process. */
const INTERVAL = 500;

/**
 * Calls back once when the process that started this one is gone, if that is npm or another package manager. npm passes
 * SIGTERM on to the shell that it runs commands with; the shell ends, and the command goes on without a signal. A
 * service that something else started may outlive it, as with `nohup`.
 */
export function whenParentIsGone(environment: NodeJS.ProcessEnv, callback: () => void): void {
  if (environment['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, INTERVAL).unref();
}
