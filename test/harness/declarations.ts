import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

/** The folders of the packages that are published from here. */
const PACKAGES = ['.', 'client'];

/** The declarations of the built packages, as an application's compiler reads them. */
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

/** The path of the file that declares the symbol, from the root of the repository. */
export function fileOf(symbol: ts.Symbol): string {
  return relative(resolve('.'), symbol.declarations?.[0]?.getSourceFile().fileName ?? '..');
}

/** Whether one of the packages declares the symbol, and not one that they depend on. */
export function isOurs(symbol: ts.Symbol): boolean {
  return /^(?:client\/)?dist\//.test(fileOf(symbol));
}

function entries(): string[] {
  return PACKAGES.flatMap((folder) => {
    const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      exports: Record<string, string | { readonly import: { readonly types: string } }>;
    };
    return Object.values(exports).flatMap((entry) =>
      typeof entry === 'string' ? [] : [resolve(folder, entry.import.types)],
    );
  });
}
