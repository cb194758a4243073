import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import type { CommandContext } from '../../src/cli/command.js';
import { createProgram } from '../../src/cli/program.js';
import { VARIABLES } from '../../src/config/variables.js';
import { snippets } from '../harness/snippets.js';
import { isTyped, typeErrors } from '../harness/type-check.js';

const ROOT = resolve(__dirname, '../..');
const read = (path: string) => readFileSync(resolve(ROOT, path), 'utf8');

describe('what the documentation shows', () => {
  const all = snippets();
  const checked = all.filter(({ notRun }) => notRun === undefined);
  const lines = checked
    .filter(({ language }) => language === 'sh')
    .flatMap(({ place, text }) =>
      text.split('\n').flatMap((line) => line.split('&&').map((command) => ({ place, command }))),
    );
  /** The places of the lines whose first group the check does not accept. */
  const wrong = (pattern: RegExp, isRight: (found: string) => boolean) =>
    lines.flatMap(({ place, command }) => {
      const found = pattern.exec(command)?.[1];
      return found === undefined || isRight(found) ? [] : [`${place}: ${found}`];
    });

  it('is found, and hardly any of it is not checked', () => {
    expect(checked.filter(isTyped).length).toBeGreaterThan(8);
    expect(lines.length).toBeGreaterThan(4);
    expect(all.length - checked.length).toBeLessThanOrEqual(3);
  });

  it('type-checks as a user would import it', () => {
    expect(typeErrors(checked.filter(isTyped))).toEqual([]);
  });

  it('is GraphQL that the schema has', () => {
    const schema = buildSchema(read('schema/wallet-sessions.graphql'));
    const errors = checked
      .filter(({ language }) => language === 'graphql')
      .flatMap(({ place, text }) =>
        validate(schema, parse(text)).map(({ message }) => `${place}: ${message}`),
      );
    expect(errors).toEqual([]);
  });

  it('names scripts of npm, files and variables that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(
      wrong(/\bnpm (?:run )?(start|test|(?<=run )[\w:-]+)/, (name) => name in scripts),
    ).toEqual([]);
    expect(
      wrong(/\bnode (?:--\S+ \S+ )*([\w./-]+)/, (path) => existsSync(resolve(ROOT, path))),
    ).toEqual([]);
    expect(wrong(/^([A-Z][A-Z_]+)=/, (name) => name in VARIABLES)).toEqual([]);
  });

  it('names commands of wallet-sessions that there are', () => {
    const program = createProgram({ version: '0.0.0' } as CommandContext);
    const names = program.commands.flatMap((command) =>
      command.commands.length === 0
        ? [command.name()]
        : command.commands.map((one) => `${command.name()} ${one.name()}`),
    );
    const known = (words: string) =>
      names.some((name) => words === name || words.startsWith(`${name} `));
    expect(
      wrong(/^(?:\S+=\S+ )*(?:npx )?wallet-sessions ([a-z][a-z ]*)/, (words) =>
        known(words.trim()),
      ),
    ).toEqual([]);
  });
});
