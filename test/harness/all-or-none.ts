/** Waits until all have started. If one fails, stops the others and throws its error. */
export async function allOrNone<Started>(
  starting: readonly Promise<Started>[],
  stop: (started: Started) => Promise<void>,
): Promise<Started[]> {
  const outcomes = await Promise.allSettled(starting);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  const started = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  if (failed === undefined) return started;
  await Promise.all(started.map(stop));
  throw failed.reason;
}
