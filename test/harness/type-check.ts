import { resolve } from 'node:path';
import ts from 'typescript';
import type { SurroundedSnippet } from './surroundings.js';

const ROOT = resolve(__dirname, '../..');

/**
 * Type-checks snippets in their surroundings against the built package, those in TypeScript strictly. Returns the
 * errors, each with its place.
 */
export function typeErrors(snippets: readonly SurroundedSnippet[]): string[] {
  // Parsed once, for both.
  const libraries = new Map<string, ts.SourceFile | undefined>();
  const isStrict = ({ snippet }: SurroundedSnippet) => snippet.language !== 'js';
  return [true, false].flatMap((strict) =>
    errorsIn(
      snippets.filter((snippet) => isStrict(snippet) === strict),
      strict,
      libraries,
    ),
  );
}

function errorsIn(
  snippets: readonly SurroundedSnippet[],
  strict: boolean,
  libraries: Map<string, ts.SourceFile | undefined>,
): string[] {
  const byFile = new Map(snippets.map((snippet) => [snippet.file, snippet]));
  const options: ts.CompilerOptions = {
    strict,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    experimentalDecorators: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    jsx: ts.JsxEmit.ReactJSX,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: ['node'],
  };
  // The compiler reads the whole program in place of a surroundings file.
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => byFile.get(path)?.source ?? readFile(path);
  host.fileExists = (path) => byFile.has(path) || fileExists(path);
  const { getSourceFile } = host;
  host.getSourceFile = (path, ...options) => {
    if (byFile.has(path)) return getSourceFile(path, ...options);
    if (!libraries.has(path)) libraries.set(path, getSourceFile(path, ...options));
    return libraries.get(path);
  };
  host.getCurrentDirectory = () => ROOT;
  const program = ts.createProgram([...byFile.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const { place = file?.fileName ?? '' } = byFile.get(file?.fileName ?? '')?.snippet ?? {};
    return `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
