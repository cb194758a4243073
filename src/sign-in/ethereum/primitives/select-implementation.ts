/** One of several ways to compute the same function. */
export interface Implementation<Computed> {
  readonly name: string;
  /** Imports what it needs, which no other implementation does. Rejects where it cannot be had: not installed, not built for this machine, no WebAssembly. */
  readonly load: () => Promise<Computed>;
}

export interface Working<Computed> {
  readonly name: string;
  readonly compute: Computed;
}

/**
 * The first implementation that loads here and gives the known answer: a build that is there but
 * broken is as good as none.
 * @throws Error where none does
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
