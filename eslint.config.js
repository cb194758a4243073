import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import prettier from 'eslint-config-prettier/flat';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The rooms of `src`, from the foundation up, and what each may import besides itself: imports point one way. What is
 * not listed are the ways in: `index.ts` exports from the rooms, `main.ts` starts the service.
 */
const FOUNDATION = [
  'bounded-cache.ts',
  'errors.ts',
  'clock.ts',
  'copy-string.ts',
  'options.ts',
  'random-bytes.ts',
  'setting-types.ts',
  'visible-text.ts',
];
const DOMAIN = [
  ...FOUNDATION,
  'background',
  'accounts',
  'sessions',
  'rate-limits',
  'near-cache',
  'key-binding',
  'identity-tokens',
  'audit',
  'lifecycle',
  'administration',
  'sign-in',
];
/** What a kind of wallet may import: no other kind, and nothing of the steps of a sign-in. */
const WALLET_KIND = [
  ...FOUNDATION,
  'accounts',
  'sessions',
  'sign-in/kind.ts',
  'sign-in/grammar.ts',
];
const STORE_PARTS = [
  'stores/open-store.ts',
  'stores/changes.ts',
  'stores/cursor.ts',
  'stores/rate-limit-store.ts',
];
const REDIS_DOOR = (room) => `stores/redis/${room}/index.ts`;
const REDIS_FOUNDATION = ['stores/redis/keys.ts', REDIS_DOOR('connection')];
/** The rooms of the store on Redis. Each is imported through its `index.ts`. */
const redisRooms = {
  'stores/redis/connection': ['errors.ts', 'stores/redis/settings.ts'],
  'stores/redis/scripts': ['clock.ts', 'accounts', 'sessions', ...REDIS_FOUNDATION],
  'stores/redis/sessions': [...DOMAIN, ...STORE_PARTS, ...REDIS_FOUNDATION, REDIS_DOOR('scripts')],
  'stores/redis/invalidations': ['near-cache', 'stores/changes.ts', ...REDIS_FOUNDATION],
  'stores/redis/events': [...DOMAIN, ...STORE_PARTS, ...REDIS_FOUNDATION, REDIS_DOOR('scripts')],
  'stores/redis/checks': [
    'check-result.ts',
    'loopback.ts',
    'stores/redis/settings.ts',
    'stores/redis/open.ts',
    'stores/redis/rights.ts',
    ...REDIS_FOUNDATION,
    REDIS_DOOR('invalidations'),
  ],
};
const layers = {
  'bounded-cache.ts': [],
  'errors.ts': [],
  'clock.ts': ['options.ts', 'setting-types.ts'],
  'copy-string.ts': [],
  'redaction.ts': [],
  'visible-text.ts': [],
  'service/missing-package.ts': [],
  'check-result.ts': [],
  'loopback.ts': [],
  'options.ts': [],
  'random-bytes.ts': [],
  'setting-types.ts': ['options.ts'],
  background: ['errors.ts', 'clock.ts', 'options.ts', 'setting-types.ts'],
  accounts: ['errors.ts', 'copy-string.ts', 'options.ts', 'setting-types.ts'],
  sessions: [...FOUNDATION, 'accounts'],
  'rate-limits': [...FOUNDATION, 'accounts', 'sessions'],
  'near-cache': ['bounded-cache.ts', 'accounts', 'sessions'],
  'key-binding': [...FOUNDATION, 'sessions'],
  'identity-tokens': [...FOUNDATION, 'sessions', 'rate-limits'],
  audit: [...FOUNDATION, 'background', 'accounts', 'sessions', 'key-binding/refusal.ts'],
  lifecycle: [
    ...FOUNDATION,
    'background',
    'accounts',
    'sessions',
    'rate-limits',
    'near-cache',
    'key-binding',
    'audit',
  ],
  administration: [...FOUNDATION, 'background', 'accounts', 'sessions', 'audit', 'lifecycle'],
  'sign-in': DOMAIN.filter((room) => !['administration', 'near-cache'].includes(room)),
  'sign-in/ethereum': [...WALLET_KIND, 'rate-limits/network.ts'],
  'sign-in/solana': WALLET_KIND,
  'stores/open-store.ts': DOMAIN,
  'stores/cursor.ts': [],
  'stores/changes.ts': DOMAIN,
  'stores/rate-limit-store.ts': ['rate-limits', 'errors.ts'],
  'stores/redis/settings.ts': ['options.ts', 'setting-types.ts'],
  'stores/redis': [...DOMAIN, ...STORE_PARTS, 'check-result.ts', 'loopback.ts'],
  ...redisRooms,
  'stores/embedded': [...DOMAIN, ...STORE_PARTS, 'check-result.ts'],
  http: [
    ...FOUNDATION,
    'loopback.ts',
    'accounts',
    'sessions',
    'key-binding',
    'lifecycle',
    'sign-in',
  ],
  rest: [
    'errors.ts',
    'http',
    'accounts',
    'sessions',
    'key-binding',
    'identity-tokens',
    'lifecycle',
    'sign-in',
  ],
  fetch: ['errors.ts', 'http', 'rest', 'sessions', 'lifecycle'],
  express: ['errors.ts', 'http', 'rest', 'sessions', 'lifecycle'],
  graphql: [...DOMAIN, 'http', 'redaction.ts'],
  websocket: [...DOMAIN, 'http', 'graphql'],
  server: [...DOMAIN, 'http', 'rest', 'graphql', 'websocket', 'loopback.ts'],
  'telemetry/metrics': [
    ...DOMAIN,
    'http/request-target.ts',
    'graphql/operation-observer.ts',
    'server/bounded-server.ts',
    'server/observed-requests.ts',
    'server/router.ts',
    'websocket/socket-server.ts',
    'stores/open-store.ts',
  ],
  'telemetry/tracing.ts': [...DOMAIN, 'graphql/operation-observer.ts', 'stores/open-store.ts'],
  core: [...DOMAIN, 'http', 'graphql', 'telemetry/tracing.ts', 'stores/open-store.ts'],
  config: [
    ...DOMAIN,
    'core/contradictions.ts',
    'core/read-options.ts',
    'http',
    'graphql',
    'websocket',
    'server',
    'stores/redis/settings.ts',
    'check-result.ts',
    'loopback.ts',
  ],
  service: [
    ...DOMAIN,
    'core/wallet-sessions.ts',
    'config',
    'http',
    'graphql',
    'websocket',
    'server',
    'stores',
    'telemetry',
    'redaction.ts',
  ],
  'service/log.ts': ['audit', 'redaction.ts', 'visible-text.ts'],
  'service/exit-codes.ts': [],
  cli: [
    ...DOMAIN,
    'core/wallet-sessions.ts',
    'config',
    'service/serve.ts',
    'service/open-configured-store.ts',
    'service/log.ts',
    'service/exit-codes.ts',
    'stores',
    'check-result.ts',
    'service/missing-package.ts',
    'redaction.ts',
  ],
};

/** Packages that belong to the rooms named; no other room knows of them. */
const packages = [
  { names: ['ioredis'], belongTo: ['stores/redis', ...Object.keys(redisRooms)] },
  { names: ['lmdb'], belongTo: ['stores/embedded'] },
  {
    names: ['rate-limiter-flexible'],
    belongTo: ['stores/rate-limit-store.ts', 'stores/redis', 'stores/embedded'],
  },
  { names: ['type-graphql', 'graphql-scalars', '@escape\\.tech'], belongTo: ['graphql'] },
  { names: ['graphql'], belongTo: ['graphql', 'websocket', 'server'] },
  { names: ['@apollo'], belongTo: ['server'] },
  { names: ['graphql-ws', 'ws'], belongTo: ['websocket'] },
  {
    names: ['node:http'],
    belongTo: [
      'server',
      'websocket',
      'http',
      'fetch',
      'graphql',
      'express',
      'telemetry/metrics',
      'core',
    ],
  },
  { names: ['express'], belongTo: ['express'] },
  { names: ['cookie'], belongTo: ['http'] },
  { names: ['cors'], belongTo: ['server'] },
  { names: ['jose'], belongTo: ['identity-tokens'] },
  { names: ['@noble', '@bitauth', 'hash-wasm'], belongTo: ['sign-in/ethereum', 'accounts'] },
  { names: ['pino', 'pino-pretty'], belongTo: ['service/log.ts'] },
  { names: ['prom-client'], belongTo: ['telemetry/metrics'] },
  { names: ['@opentelemetry'], belongTo: ['telemetry/tracing.ts'] },
  { names: ['commander'], belongTo: ['cli'] },
];

const zones = Object.entries(layers).map(([layer, others]) => ({
  target: `./src/${layer}`,
  from: './src',
  except: [...new Set([layer, ...others])],
  message: `Besides itself, ${layer} may import ${others.join(', ') || 'nothing'}.`,
}));

for (const room of Object.keys(redisRooms)) {
  zones.push({
    target: ['./src/stores/redis/*.ts', './src/cli', './src/service'],
    from: `./src/${room}`,
    except: ['./index.ts'],
    message: `${room} is imported through its index.ts.`,
  });
}

// The client is a package without dependencies: nothing of the server's comes into it, and the server knows nothing of it.
zones.push(
  { target: './client/src', from: './src', message: 'The client depends on no other package.' },
  { target: './src', from: './client', message: 'The server does not depend on its client.' },
);

const packageRules = Object.keys(layers).map((layer) => ({
  name: `wallet-sessions/packages-of/${layer}`,
  files: [layer.endsWith('.ts') ? `src/${layer}` : `src/${layer}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: packages
          .filter(({ belongTo }) => !belongTo.includes(layer))
          .map(({ names, belongTo }) => ({
            // Not `group`: its patterns match the folders in a relative path, too.
            regex: `^(${names.join('|')})(/|$)`,
            message: `It belongs to ${belongTo.join(' and ')}.`,
          })),
      },
    ],
  },
}));

export default defineConfig(
  // Surroundings are programs only with their snippets in them, and checked there.
  globalIgnores(['**/dist', 'artifacts', 'coverage', '**/generated', 'test/docs/surroundings']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    settings: {
      ...importX.flatConfigs.typescript.settings,
      'import-x/resolver-next': [createTypeScriptImportResolver()],
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      // The schema is made of decorated classes; some only hold fields.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // It asks for the `!` that no-non-null-assertion forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'import-x/no-restricted-paths': ['error', { zones }],
    },
  },
  ...packageRules,
  {
    files: ['client/src/**/*.ts'],
    ignores: ['client/src/react.ts', 'client/src/kits/rainbowkit.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^[^.]', message: 'The client depends on no other package.' }] },
      ],
    },
  },
  {
    files: ['src/graphql/**/*.ts'],
    rules: {
      // type-graphql reads object types from classes; what a resolver returns is a plain object.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // `expect(object.method)` does not call it.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: { Buffer: 'readonly', console: 'readonly', process: 'readonly' },
    },
  },
  {
    files: ['bench/**/*.js'],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        URL: 'readonly',
      },
    },
  },
  prettier,
);
