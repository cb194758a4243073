/** How long what a test left open may keep the run from its end, in milliseconds. */
const PATIENCE = 60_000;

export default async function globalTeardown(): Promise<void> {
  await globalThis.redisOfThisRun?.stop();
  // Jest waits for ever for what a test forgot to close. That is a defect of the test, not a reason to hang.
  setTimeout(() => {
    console.error('The tests left open:', process.getActiveResourcesInfo());
    process.exit(1);
  }, PATIENCE).unref();
}
