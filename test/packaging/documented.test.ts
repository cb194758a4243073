import ts from 'typescript';
import { fileOf, isOfOptions, isOurs, packageDeclarations } from '../harness/declarations.js';

describe('the documentation of public declarations', () => {
  const { checker, exported } = packageDeclarations();
  const ours = [...exported].filter(isOurs);

  const isDocumented = (symbol: ts.Symbol) => {
    const said = ts.displayPartsToString(symbol.getDocumentationComment(checker));
    return said !== '' || symbol.getJsDocTags(checker).length > 0;
  };

  it('documents everything that an application can import', () => {
    const silent = ours.filter((symbol) => !isDocumented(symbol));
    expect(ours.length).toBeGreaterThan(70);
    expect(silent.map((symbol) => `${symbol.name}, of ${fileOf(symbol)}`)).toEqual([]);
  });

  it('documents each option of the package', () => {
    const options = ours.filter(isOfOptions).flatMap(membersOf);
    const silent = options.filter(({ symbol }) => !isDocumented(symbol));
    expect(options.length).toBeGreaterThan(50);
    expect(silent.map(({ place }) => place)).toEqual([]);
  });

  it('accepts undefined for each optional option of the package', () => {
    const refusing = ours
      .filter(isOfOptions)
      .flatMap(membersOf)
      .filter(({ symbol }) => symbol.declarations?.some(refusesUndefined));
    expect(refusing.map(({ place }) => place)).toEqual([]);
  });

  function membersOf(of: ts.Symbol) {
    return checker
      .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(of))
      .map((symbol) => ({ symbol, place: `${of.name}.${symbol.name}, of ${fileOf(of)}` }));
  }
});

function refusesUndefined(declaration: ts.Declaration): boolean {
  if (!ts.isPropertySignature(declaration) || declaration.questionToken === undefined) return false;
  const { type } = declaration;
  const parts = type !== undefined && ts.isUnionTypeNode(type) ? type.types : [];
  return !parts.some(({ kind }) => kind === ts.SyntaxKind.UndefinedKeyword);
}
