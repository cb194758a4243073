// What every entry point is on edge runtimes, which resolve the condition `edge-light` (Next.js, Vercel). It is CommonJS, so
// that bundlers do not miss the names that a program imports.
throw new Error(
  'wallet-sessions needs the Node.js runtime: stores open TCP connections or files, which edge runtimes do not support. ' +
    "In Next.js, remove `export const runtime = 'edge'` from the route.",
);
