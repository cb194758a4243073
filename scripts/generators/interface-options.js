import { readFile } from 'node:fs/promises';
import ts from 'typescript';

/** The default in a comment that is a value, and not a sentence. */
const DEFAULT = / ?Default (`[^`]+`|[\d,]+|true|false)\./;

/**
 * The options in an interface that a module exports, in the rows of a table: name, type, default and meaning.
 * Those that it inherits come from the same module, and last.
 */
export async function interfaceOptions(path, name) {
  const text = await readFile(path, 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const interfaces = source.statements.filter(ts.isInterfaceDeclaration);
  return rowsOf(name);

  function rowsOf(wanted) {
    const found = interfaces.find((declaration) => declaration.name.text === wanted);
    if (found === undefined) throw new Error(`${path} has no interface ${wanted}.`);
    const inherited = (found.heritageClauses ?? []).flatMap(({ types }) =>
      types.flatMap(({ expression }) => rowsOf(expression.getText())),
    );
    return [...found.members.map(rowOf), ...inherited];
  }

  function rowOf(member) {
    const option = member.name.getText();
    const [comment] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
    const description = (ts.getTextOfJSDocComment(comment?.comment) ?? '').replaceAll(/\s+/g, ' ');
    if (description === '') throw new Error(`${path}: ${option} has no comment.`);
    const type = member.type
      .getText()
      .replace(/ \| undefined$/, '')
      .replace(/^\((.*)\)$/, '$1');
    const [, fallback] = DEFAULT.exec(description) ?? [];
    const isRequired = member.questionToken === undefined;
    const value =
      fallback?.startsWith('`') === false ? `\`${fallback.replaceAll(',', '')}\`` : fallback;
    return [
      `\`${option}\``,
      `\`${type}\``,
      isRequired ? 'required' : (value ?? ''),
      description.replace(DEFAULT, '').trim(),
    ];
  }
}
