import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * The descriptions of settings: the comments in the source of each object that is exported, or declared at the top of a
 * module, under a name like `SESSION_SETTINGS` or `SERVICE_VARIABLES`. Properties of nested objects have a path:
 * `SESSION_SETTINGS.timeout`, `RATE_LIMIT_SETTINGS.signIn.wallet`. Members of interfaces have one, too.
 */
export async function readDescriptions() {
  const descriptions = new Map();
  const files = (await readdir('src', { recursive: true })).filter((name) => name.endsWith('.ts'));
  for (const file of files) {
    const path = join('src', file);
    const text = await readFile(path, 'utf8');
    if (!/_(?:SETTINGS|VARIABLES)\b/.test(text)) continue;
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    for (const statement of source.statements) {
      if (ts.isInterfaceDeclaration(statement)) {
        collect(statement.name.text, statement.members, descriptions);
      }
      if (!ts.isVariableStatement(statement)) continue;
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (initializer !== undefined && ts.isObjectLiteralExpression(initializer)) {
          collect(name.getText(), initializer.properties, descriptions);
        }
      }
    }
  }
  return descriptions;
}

function collect(path, members, descriptions) {
  for (const member of members) {
    if (member.name === undefined) continue;
    const memberPath = `${path}.${member.name.getText()}`;
    const [comment] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
    const text = ts.getTextOfJSDocComment(comment?.comment) ?? '';
    descriptions.set(memberPath, text.replaceAll(/\s+/g, ' ').trim());
    if (member.initializer !== undefined && ts.isObjectLiteralExpression(member.initializer)) {
      collect(memberPath, member.initializer.properties, descriptions);
    }
  }
}
