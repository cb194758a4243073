import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

/** The folders of the published packages. */
const PACKAGES = ['.', 'client'];

/** The type declarations of the built packages, as the compiler of an application reads them. */
export interface PackageDeclarations {
  readonly checker: ts.TypeChecker;
  /** The symbols that the entry points export, without duplicates. */
  readonly exported: ReadonlySet<ts.Symbol>;
  /** The symbols that the root entry of `wallet-sessions` exports. */
  readonly rootExports: readonly ts.Symbol[];
  /** Resolves an import or re-export to the original symbol. */
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
  return {
    checker,
    original,
    rootExports: exportsOf(resolve('dist/index.d.ts')),
    exported: new Set(entries().flatMap(exportsOf)),
  };
}

/** The path of the declaring file, relative to the root of the repository. */
export function fileOf(symbol: ts.Symbol): string {
  return relative(resolve('.'), symbol.declarations?.[0]?.getSourceFile().fileName ?? '..');
}

/** Whether one of these packages declares the symbol, rather than a dependency. */
export function isOurs(symbol: ts.Symbol): boolean {
  return /^(?:client\/)?dist\//.test(fileOf(symbol));
}

/** Whether an application writes values of the type, by the names that such types have here. */
export function isOfOptions({ name, flags }: ts.Symbol): boolean {
  const isType = (flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) !== 0;
  return isType && /(?:Options|Policy|Limits|Hooks|Key|Rate|Pace|Request|Attempt)$/.test(name);
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
