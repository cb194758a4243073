/** Something that the documentation shows and that these tests do not do as it stands there. */
export interface NotRun {
  /** A command, or those like it; the id of a snippet (`docs/operating.md#…`), or the language of snippets. */
  readonly what: string | RegExp;
  readonly why: string;
  /** What is run in its place, to come as close as can be. */
  readonly instead?: string | ((command: string) => string);
}

const MINUTES = 'It takes minutes, and installs what it measures against from the registry.';
const WRITES = 'It writes in the clone, where other tests run. `npm run check` compares.';
const OF_CI = 'CI does, before the tests or as them (.ci/run).';

/** All of it. What is neither here nor run fails a test. */
export const NOT_RUN: readonly NotRun[] = [
  {
    what: 'npm ci',
    why: 'It asks the registry, and replaces what the tests run on.',
    // Fails where a package wants another Node.js than this one, which npm else only warns of.
    instead: 'npm ci --dry-run --offline --ignore-scripts --engine-strict',
  },
  {
    what: 'npm start',
    why: 'Its build replaces what other tests run on.',
    instead: 'npm start --ignore-scripts',
  },
  { what: 'npm test', why: OF_CI },
  {
    what: 'npx -p node@24 -- npm test',
    why: 'It brings another Node.js from the registry, and runs these tests.',
  },
  { what: 'npm run check', why: OF_CI },
  { what: 'npm run lint', why: OF_CI },
  { what: 'npm run build', why: OF_CI },
  { what: 'npm run build:pages', why: OF_CI },
  { what: '.ci/run', why: OF_CI },
  { what: 'npm run generate', why: WRITES },
  { what: 'npm run format', why: WRITES },
  { what: 'npx graphql-codegen', why: WRITES },
  {
    what: 'npm pack',
    why: 'Its build replaces what other tests run on.',
    instead: 'npm pack --dry-run --ignore-scripts',
  },
  {
    what: 'npm pack --workspace wallet-sessions-client',
    why: 'Its build replaces what other tests run on.',
    instead: 'npm pack --workspace wallet-sessions-client --dry-run --ignore-scripts',
  },
  {
    what: /^npm install \.\.\/wallet-sessions\/wallet-sessions-(?:client-)?0\.1\.0\.tgz$/,
    why: 'The tests in test/packaging do, in an empty project.',
  },
  {
    what: 'npm install secp256k1',
    why: 'It asks the registry, and needs a compiler on some machines.',
    instead: 'npm pkg get peerDependenciesMeta.secp256k1.optional | grep true',
  },
  { what: 'npm run load', why: 'It takes a minute. `npm test` does the same with fewer sockets.' },
  { what: 'ulimit -n 20000', why: 'Not every machine allows it.' },
  {
    what: 'FUZZ_RUNS=1000000 npx jest test/sign-in/message-grammar',
    why: 'It takes minutes. `npm test` does the same with fewer runs.',
    instead: 'grep FUZZ_RUNS test/sign-in/message-grammar.test.ts',
  },
  { what: 'npx jest <path>', why: 'It is for any path.', instead: 'npx jest --showConfig' },
  { what: 'npm run bench', why: MINUTES, instead: 'test -f bench/run.js' },
  { what: 'npm run bench -- --list', why: MINUTES, instead: 'test -f bench/run.js' },
  {
    what: /^npm run bench --(?: [a-z][a-z-]*)+$/,
    why: MINUTES,
    instead: (command) =>
      (command.split(' -- ')[1] ?? '')
        .split(' ')
        .map((part) => `test -f bench/parts/${part}.js`)
        .join(' && '),
  },
  {
    what: 'docker compose up --build',
    why: 'It needs Docker. test/observability/ops.test.ts reads what it reads.',
  },
  {
    what: 'npx wallet-sessions',
    why: 'It is a name for all of the commands.',
    instead: 'npx wallet-sessions --help',
  },
  {
    what: 'node --import',
    why: 'It is an option. docs/observability.md#traces-2 has the command.',
  },
  {
    what: 'README.md#with-curl',
    why: 'The next one needs its answer: test/docs/curl.test.ts runs them in a row.',
  },
  { what: 'README.md#with-curl-2', why: 'The same.' },
  {
    what: 'docs/operating.md#changing-the-keys-3',
    why: 'It is what the command before it says: test/cli/operator.test.ts.',
  },
  {
    what: 'docs/security.md#access-to-redis',
    why: 'test/stores/redis-least-rights.test.ts runs it, and the store after it.',
  },
  {
    what: 'docs/security.md#access-to-redis-3',
    why: 'test/harness/redis-access.ts starts sentinels with it, for the tests over TLS.',
  },
  { what: 'REDIS_REVOCATION_REPLICAS=n', why: 'n is any number.' },
  { what: 'mermaid', why: 'It is a drawing.' },
];

export const isOf = ({ what }: NotRun, shown: string): boolean =>
  typeof what === 'string' ? what === shown : what.test(shown);

export const notRun = (shown: string): NotRun | undefined =>
  NOT_RUN.find((entry) => isOf(entry, shown));
