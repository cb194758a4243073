/**
 * Undoes what the import of ioredis does to every text of the process: it defines a subclass of `String`
 * (`VerbatimString`, of RESP3), at which V8 turns `String.prototype` into a dictionary, from which no method is
 * inlined. Node.js's own HTTP becomes slower, and each `charCodeAt` several times. V8 makes a prototype
 * fast again when a method is found on it through an object; texts are none, so nobody else ever does.
 * See `docs/decisions/0023-express-and-v8.md`.
 */
export function keepStringMethodsFast(): void {
  for (let call = 0; call < CALLS; call += 1) callMethod(TEXT);
}

/** An object on purpose: see above. */
const TEXT = new String('text');

/** V8 looks at what a function does only after some calls of it, fewer than these. */
const CALLS = 100;

function callMethod(text: { charCodeAt(index: number): number }): number {
  return text.charCodeAt(0);
}
