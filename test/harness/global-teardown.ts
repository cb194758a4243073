/** The time that resources left open by a test may delay the end of the run, in milliseconds. */
const PATIENCE = 60_000;

export default async function globalTeardown(): Promise<void> {
  await globalThis.redisOfThisRun?.stop();
  // Jest waits forever for resources that a test has not closed. This reports them and exits.
  setTimeout(() => {
    console.error('The tests left open:', process.getActiveResourcesInfo());
    process.exit(1);
  }, PATIENCE).unref();
}
