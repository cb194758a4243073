import ts from 'typescript';
import { isOfOptions, isOurs, packageDeclarations } from '../harness/declarations.js';

describe('the public declarations of the package', () => {
  const { checker, exported, original, rootExports } = packageDeclarations();

  it('exports at most 40 names from the root entry', () => {
    expect(rootExports.length).toBeGreaterThan(30);
    expect(rootExports.length).toBeLessThanOrEqual(40);
  });

  it('exports each type of ours that an application writes in options or hooks', () => {
    const options = [...exported].filter(isOurs).filter(isOfOptions);
    const unnameable = options.flatMap((of) =>
      checker
        .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(of))
        .flatMap((property) =>
          typesToWrite(checker.getTypeOfSymbol(property)).map(
            (type) => `${type.name}, which ${of.name}.${property.name} takes`,
          ),
        ),
    );
    expect(options.length).toBeGreaterThan(10);
    expect(unnameable).toEqual([]);
  });

  it('exports the class of each error that an entry point documents as thrown', () => {
    const names = new Set([...exported].map(({ name }) => name));
    expect(names).toContain('WalletSessionsError');
    expect(names).toContain('StoreInUseError');
  });

  /**
   * The types of ours that a value of this type is written with, and that cannot be imported: itself, or if it is a function
   * without an exported name, the types of its parameters. An object that only options contain is inferred.
   */
  function typesToWrite(type: ts.Type): ts.Symbol[] {
    if (isNameable(type.aliasSymbol)) return [];
    if (type.isUnion()) return type.types.flatMap(typesToWrite);
    const [signature] = type.getCallSignatures();
    if (signature === undefined) return [];
    return signature.parameters
      .map((parameter) => checker.getTypeOfSymbol(parameter))
      .flatMap((given) => (given.isUnionOrIntersection() ? given.types : [given]))
      .map((given) => given.aliasSymbol ?? given.getSymbol())
      .filter((symbol) => symbol !== undefined)
      .filter((symbol) => isOurs(symbol) && isNamed(symbol) && !isNameable(symbol));
  }

  function isNameable(symbol: ts.Symbol | undefined): boolean {
    return symbol !== undefined && exported.has(original(symbol));
  }
});

const isNamed = ({ flags }: ts.Symbol) =>
  (flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class)) !== 0;
