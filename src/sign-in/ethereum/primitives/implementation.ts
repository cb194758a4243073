/** One of several ways to compute the same function. */
export interface Implementation<Computed> {
  readonly name: string;
  /**
   * Imports the packages that only this implementation needs. Rejects if the machine cannot run it: the package is not
   * installed or not built for the machine, or there is no WebAssembly.
   */
  readonly load: () => Promise<Computed>;
}

interface Working<Computed> {
  readonly name: string;
  readonly compute: Computed;
}

/**
 * The first implementation that loads and gives the known answer. A broken build is passed over.
 * @throws AggregateError if no implementation works
 */
export async function selectImplementation<Computed>(
  implementations: readonly Implementation<Computed>[],
  givesKnownAnswer: (compute: Computed) => boolean | Promise<boolean>,
): Promise<Working<Computed>> {
  const reasons: unknown[] = [];
  for (const { name, load } of implementations) {
    try {
      const compute = await load();
      if (await givesKnownAnswer(compute)) return { name, compute };
      reasons.push(new Error(`${name} does not give the known answer`));
    } catch (reason) {
      reasons.push(reason);
    }
  }
  throw new AggregateError(reasons, 'No implementation of a signature primitive works here.');
}
