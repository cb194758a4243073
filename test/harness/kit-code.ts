import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(__dirname, '../..');

/** Where Node.js finds the packages that are left out of a bundle. */
const FOLDER = resolve(ROOT, 'node_modules/.cache/kits');

/** What kits use of a page beside what `page.ts` makes global. */
const USED_BY_KITS = [
  'getComputedStyle',
  'CustomEvent',
  'HTMLElement',
  'Element',
  'Node',
  'MutationObserver',
];

/** What a bundle has instead of packages that are not installed. */
export const KIT_ALIASES = {
  '@wagmi/connectors': resolve(ROOT, 'test/harness/wagmi-connectors.cjs'),
};

/**
 * Bundles what the source exports of a kit into one CommonJS module, because kits ship ECMAScript modules only, and returns
 * the path of that module. React stays outside. Also makes global what kits use of the page of `page.ts`.
 */
export async function bundleKit(name: string, source: string): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = resolve(FOLDER, `${name}.cjs`);
  await build({
    stdin: { contents: source, resolveDir: ROOT },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['react', 'react-dom', 'react/jsx-runtime'],
    alias: KIT_ALIASES,
    logLevel: 'error',
  });
  const { window: page } = globalThis as unknown as { window: Record<string, unknown> };
  for (const property of USED_BY_KITS) {
    Object.defineProperty(globalThis, property, { value: page[property], configurable: true });
  }
  return outfile;
}

/** Kits render when they like. Call this before the tests, so that React does not warn of renders outside of `act`. */
export function renderWithoutAct(): void {
  // Configurable, so that it can be removed after the test file.
  const attributes = { writable: true, configurable: true };
  Object.defineProperty(globalThis, 'IS_REACT_ACT_ENVIRONMENT', { value: false, ...attributes });
}

/** Options of a `QueryClient` that keeps no process alive: what it has cached is not removed after a time. */
export const QUERIES = {
  defaultOptions: { queries: { gcTime: Infinity }, mutations: { gcTime: Infinity } },
};
