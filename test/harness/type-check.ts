import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import type { Snippet } from './snippets.js';

/** Inside of the package, so that its own name leads to its entries as it does for a user. */
const FOLDER = resolve(__dirname, '../../artifacts/snippets');

/** What pages have made in one snippet and go on with in the next, and what a browser with a wallet has. */
const GIVEN = `
declare const client: import('wallet-sessions/client').WalletSessionsClient;
declare const wallet: import('wallet-sessions/client').Wallet;
declare const walletSessions: import('wallet-sessions').WalletSessions;
declare const app: import('express').Express;
declare const apollo: import('@apollo/server').ApolloServer;
interface Window {
  readonly ethereum: import('wallet-sessions/client').Eip1193Provider;
}
`;

const EXTENSIONS: Record<string, string> = { ts: 'mts', tsx: 'tsx', js: 'mjs' };

export const isTyped = ({ language }: Snippet) => language in EXTENSIONS;

/** Type-checks them against the built package, those in TypeScript strictly; what is wrong, with its place. */
export function typeErrors(snippets: readonly Snippet[]): string[] {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const given = join(FOLDER, 'given.d.ts');
  writeFileSync(given, GIVEN);
  const places = new Map<string, string>();
  for (const { place, name, language, text } of snippets) {
    const file = join(FOLDER, `${name}.${EXTENSIONS[language]}`);
    writeFileSync(file, `${text}\nexport {};\n`);
    places.set(file, place);
  }
  const isScript = (file: string) => file.endsWith('.mjs');
  const files = [...places.keys()];
  return [files.filter(isScript), files.filter((file) => !isScript(file))].flatMap(
    (group, index) => {
      const program = ts.createProgram([given, ...group], {
        strict: index === 1,
        allowJs: true,
        checkJs: true,
        noEmit: true,
        skipLibCheck: true,
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        jsx: ts.JsxEmit.ReactJSX,
        lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
        types: ['node'],
      });
      return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
        const place = places.get(file?.fileName ?? '') ?? file?.fileName ?? '';
        return `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      });
    },
  );
}
