/** A documented command or snippet that the tests do not run as it is written. */
export interface NotRun {
  /** A command or a pattern of commands, the id of a snippet (`docs/operating.md#…`), or a language of snippets. */
  readonly what: string | RegExp;
  readonly why: string;
  /** The closest equivalent, which is run instead. */
  readonly instead?: string | ((command: string) => string);
}

const MINUTES = 'It takes minutes and installs the peers from the registry.';
const WRITES = 'It writes to the clone that other tests use. `npm run check` compares the files.';
const OF_CI = 'CI runs it before the tests or as the tests (.ci/run).';

/** All exceptions. A snippet that is neither listed here nor run fails a test. */
export const NOT_RUN: readonly NotRun[] = [
  { what: 'caddyfile', why: 'Caddy is not installed for the tests, which run nginx.' },
  {
    what: 'docs/reverse-proxies.md#traefik',
    why: 'Traefik is not installed for the tests, which run nginx.',
  },
  {
    what: 'docs/reverse-proxies.md#envoy',
    why: 'Envoy is not installed for the tests, which run nginx and ask /auth/envoy as Envoy does.',
  },
  {
    what: 'docs/reverse-proxies.md#hasura',
    why: 'Hasura is not installed for the tests, which ask /auth/hasura as Hasura does.',
  },
  {
    what: 'docs/federation.md#apollo-router',
    why: 'The Router is not installed for the tests, which pass the same headers on with Apollo Gateway.',
  },
  {
    what: 'docs/rest.md#introspection-4',
    why: 'test/docs/introspection.test.ts runs it.',
  },
  {
    what: 'npm ci',
    why: 'It needs the registry and replaces the installed packages that the tests use. test/docs/commands.test.ts tries it once without installing.',
    instead: 'test -f package-lock.json',
  },
  {
    what: 'npm start',
    why: 'Its build replaces the files that other tests use.',
    instead: 'npm start --ignore-scripts',
  },
  { what: 'npm test', why: OF_CI },
  { what: 'npm run test:quick', why: OF_CI },
  {
    what: 'npx -p node@24 -- npm test',
    why: 'It installs another Node.js version and runs these tests.',
  },
  { what: 'npm run check', why: OF_CI },
  { what: 'npm run lint', why: OF_CI },
  { what: 'npm run build', why: OF_CI },
  { what: 'npm run build:pages', why: OF_CI },
  {
    what: 'npm run measure:pages',
    why: 'It measures this machine, and its numbers are only reported.',
  },
  { what: '.ci/run', why: OF_CI },
  { what: 'npm run generate', why: WRITES },
  { what: 'npm run format', why: WRITES },
  { what: 'npx graphql-codegen', why: WRITES },
  {
    what: 'npm pack',
    why: 'Its build replaces the files that other tests use.',
    instead: 'npm pack --dry-run --ignore-scripts',
  },
  {
    what: 'npm pack --workspaces',
    why: 'Its build replaces the files that other tests use.',
    instead: 'npm pack --workspaces --dry-run --ignore-scripts',
  },
  {
    what: /^npm install \.\.\/wallet-sessions\/wallet-sessions-(?:client-|service-)?0\.1\.0\.tgz$/,
    why: 'The tests in test/packaging install it in an empty project.',
  },
  {
    what: 'npm install secp256k1',
    why: 'It needs the registry, and a compiler on some machines.',
    instead: 'npm pkg get peerDependenciesMeta.secp256k1.optional | grep true',
  },
  { what: 'npm run load', why: 'It takes a minute. `npm test` runs it with fewer sockets.' },
  { what: 'ulimit -n 20000', why: 'Not every machine allows it.' },
  {
    what: 'FUZZ_RUNS=1000000 npx jest test/sign-in/message-grammar',
    why: 'It takes minutes. `npm test` runs it with fewer runs.',
    instead: 'grep FUZZ_RUNS test/sign-in/message-grammar.test.ts',
  },
  { what: 'npx jest <path>', why: '`<path>` is a placeholder.', instead: 'npx jest --showConfig' },
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
    why: 'It needs Docker. test/observability/ops.test.ts checks its configuration.',
  },
  {
    what: 'npx wallet-sessions',
    why: 'It stands for all commands.',
    instead: 'npx wallet-sessions --help',
  },
  {
    what: 'node --import ./tracing.js node_modules/wallet-sessions-service/dist/program/main.js',
    why: 'test/packaging/service-package.test.ts starts this file of the package.',
    instead: 'node --import ./tracing.js dist/main.js',
  },
  {
    what: 'node --import',
    why: 'It is an option. docs/observability.md#traces-2 runs the command.',
  },
  {
    what: 'README.md#with-curl',
    why: 'The next command needs its answer. test/docs/curl.test.ts runs both.',
  },
  { what: 'README.md#with-curl-2', why: 'test/docs/curl.test.ts runs it.' },
  {
    what: 'docs/operating.md#changing-the-keys-3',
    why: 'It is the output of the command before it. test/cli/operator.test.ts checks it.',
  },
  {
    what: 'docs/security.md#access-to-redis',
    why: 'test/stores/redis-least-rights.test.ts runs it and tests the store with these rights.',
  },
  {
    what: 'docs/security.md#access-to-redis-3',
    why: 'test/harness/redis-access.ts starts sentinels with it for the tests over TLS.',
  },
  {
    what: 'docs/wallets.md#messages',
    why: 'It is a message. test/sign-in/solana-grammar.test.ts parses its form.',
  },
  { what: 'REDIS_REVOCATION_REPLICAS=n', why: '`n` is a placeholder.' },
  { what: 'mermaid', why: 'It is a diagram.' },
];

export const isOf = ({ what }: NotRun, shown: string): boolean =>
  typeof what === 'string' ? what === shown : what.test(shown);

export const notRun = (shown: string): NotRun | undefined =>
  NOT_RUN.find((entry) => isOf(entry, shown));
