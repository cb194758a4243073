/** @type {import('jest').Config} */
export default {
  // Each worker loads each package once.
  testEnvironment: '<rootDir>/test/harness/jest-environment.cjs',
  runtime: '<rootDir>/test/harness/jest-runtime.cjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: [],
  transform: { '^.+\\.[jt]s$': '@swc/jest' },
  // These ship ECMAScript modules only.
  transformIgnorePatterns: [
    '/node_modules/(?!(graphql-request|@noble/(curves|hashes)|@bitauth/libauth|@seriousme/openapi-schema-validator|jose)/)',
  ],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testSequencer: '<rootDir>/test/harness/jest-sequencer.cjs',
  globalSetup: '<rootDir>/test/harness/global-setup.ts',
  // Under load a test may take long; none of them measures time.
  testTimeout: 180_000,
  // Two for the cores of a small machine, and one because many files wait for a server or a store.
  maxWorkers: 3,
  workerIdleMemoryLimit: '700MB',
  globalTeardown: '<rootDir>/test/harness/global-teardown.ts',
};
