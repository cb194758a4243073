import settings from './jest.config.js';

/** The folders whose tests need no process except Redis, and no browser. */
const FOLDERS = [
  'client',
  'config',
  'embedding',
  'express',
  'key-rotation',
  'near-cache',
  'rpc',
  'server',
  'session',
  'sign-in',
  'statistics',
];

/** The files in these folders that start a browser, a cluster or another program. */
const OTHERS = [
  'client/\\w+(-\\w+)*-in-chromium',
  'config/unknown-variables',
  'embedding/apollo-server',
  'embedding/express-session',
  'embedding/frameworks',
  'embedding/nextjs',
  'near-cache/cluster',
];

/** @type {import('jest').Config} */
export default {
  ...settings,
  testMatch: FOLDERS.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
  testPathIgnorePatterns: OTHERS.map((file) => `<rootDir>/test/${file}\\.test\\.ts$`),
};
