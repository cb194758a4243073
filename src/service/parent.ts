/** The interval in milliseconds at which the parent process is checked. */
const INTERVAL = 500;

/**
 * Calls back once when the parent process has exited, if it was npm or another package manager. npm passes SIGTERM on to
 * the shell in which it runs a command. The shell exits, and the command receives no signal. A service that was started by
 * another program may outlive it, as with `nohup`.
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
