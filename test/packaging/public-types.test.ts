import ts from 'typescript';
import { fileOf, isOurs, packageDeclarations } from '../harness/declarations.js';

/**
 * Types that an application receives and passes on without using their members. A store of this package opens an
 * `OpenStore`, which only the domain uses.
 */
const OPAQUE = ['OpenStore'];

describe('the declarations of the package', () => {
  const { checker, exported, original } = packageDeclarations();

  it('names no own type in public declarations that an application cannot import', () => {
    const met = new Set(exported);
    const unnameable: string[] = [];
    for (const symbol of met) {
      if (OPAQUE.includes(symbol.name)) continue;
      for (const other of namedBy(symbol)) {
        if (!exported.has(other) && isExportable(other)) {
          unnameable.push(`${other.name}, which ${symbol.name} names, of ${fileOf(other)}`);
        }
        met.add(other);
      }
    }
    expect(met.size).toBeGreaterThan(exported.size);
    expect(unnameable).toEqual([]);
  });

  /** The own types that a declaration refers to. */
  function namedBy(symbol: ts.Symbol): ts.Symbol[] {
    const names: ts.Node[] = [];
    const collect = (node: ts.Node): void => {
      if (ts.isTypeReferenceNode(node)) names.push(node.typeName);
      if (ts.isExpressionWithTypeArguments(node)) names.push(node.expression);
      if (ts.isImportTypeNode(node) && node.qualifier !== undefined) names.push(node.qualifier);
      ts.forEachChild(node, collect);
    };
    symbol.declarations?.forEach(collect);
    return names
      .map((name) => checker.getSymbolAtLocation(name))
      .filter((named) => named !== undefined)
      .map(original)
      .filter(isOurs);
  }
});

/** A type that its module does not export cannot be imported anywhere, and counts as part of what refers to it. */
function isExportable(symbol: ts.Symbol): boolean {
  const [declaration] = symbol.declarations ?? [];
  const isGenerated = fileOf(symbol).includes('/generated/');
  return !isGenerated && declaration !== undefined && isExported(declaration);
}

function isExported(declaration: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Export) !== 0;
}
