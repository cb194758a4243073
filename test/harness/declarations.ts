import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import ts from 'typescript';

/** The declarations of the built package, as an application's compiler reads them. */
export interface PackageDeclarations {
  readonly checker: ts.TypeChecker;
  /** What the entry points export, each once, whatever name it goes by there. */
  readonly exported: ReadonlySet<ts.Symbol>;
  /** What is behind an import or export of another module. */
  original(symbol: ts.Symbol): ts.Symbol;
}

export function packageDeclarations(): PackageDeclarations {
  const program = ts.createProgram(entries(), {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const original = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exportsOf = (entry: string): ts.Symbol[] => {
    const source = program.getSourceFile(entry);
    const module = source && checker.getSymbolAtLocation(source);
    return module === undefined ? [] : checker.getExportsOfModule(module).map(original);
  };
  return { checker, original, exported: new Set(entries().flatMap(exportsOf)) };
}

/** Below `dist`; what begins with `..` is another package's. */
export function fileOf(symbol: ts.Symbol): string {
  const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? '..';
  return relative(resolve('dist'), file);
}

function entries(): string[] {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, string | { readonly import: { readonly types: string } }>;
  };
  return Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [] : [resolve(entry.import.types)],
  );
}
