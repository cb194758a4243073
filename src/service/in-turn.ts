/** A step of a stop, such as closing what a part of the service has opened. */
export type Step = () => Promise<unknown>;

/**
 * Runs the steps in turn, each also if an earlier one has failed: otherwise one failure would lose what the next steps
 * write.
 * @returns the errors of the steps that failed
 */
export async function runInTurn(steps: readonly Step[]): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}
