import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { readConfig } from '../../src/config/read.js';
import { VARIABLES } from '../../src/config/variables.js';
import { commandsIn, inlineCommands } from '../harness/documented-commands.js';
import { readDocumentation } from '../harness/documentation.js';
import { everyCommand, examplesInHelp } from '../harness/help.js';
import { idleSurroundings } from '../harness/surroundings.js';
import { isOf, NOT_RUN, notRun } from './not-run.js';

const ROOT = resolve(__dirname, '../..');

/** The test that runs the snippets of each language. */
const RUN_BY: Record<string, string> = {
  ts: 'programs.test.ts',
  tsx: 'programs.test.ts',
  js: 'programs.test.ts',
  sh: 'commands.test.ts',
  graphql: 'operations.test.ts',
  dotenv: 'documentation.test.ts',
  nginx: 'reverse-proxies.test.ts',
};

const documentation = readDocumentation();
const { snippets, inline } = documentation;
const commands = [
  ...snippets.filter(({ language }) => language === 'sh'),
  ...inlineCommands(documentation),
];

describe('snippets in the documentation', () => {
  it('runs every documented snippet in a test or lists it in NOT_RUN with a reason', () => {
    const neither = snippets.filter(
      ({ id, language }) => !(language in RUN_BY) && !notRun(language) && !notRun(id),
    );
    expect(neither.map(({ place, language }) => `${place}: ${language}`)).toEqual([]);
    for (const test of Object.values(RUN_BY)) {
      expect(existsSync(resolve(__dirname, test))).toBe(true);
    }
  });

  it('has a documented snippet for every entry of NOT_RUN and every file of surroundings', () => {
    const shown = [
      ...snippets.flatMap(({ id, language }) => [id, language]),
      ...commands.flatMap(({ text }) => commandsIn(text)),
      ...inline.map(({ text }) => text),
    ];
    expect(NOT_RUN.filter((entry) => !shown.some((what) => isOf(entry, what)))).toEqual([]);
    expect(idleSurroundings([...snippets, ...commands, ...examplesInHelp()])).toEqual([]);
  });

  it('names only existing npm scripts in documented commands', () => {
    const { scripts } = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = commands.flatMap(({ text }) =>
      Array.from(
        text.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[\w:-]+)/g),
        ([, name]) => name,
      ),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name = '') => !(name in scripts))).toEqual([]);
  });
});

describe('settings in the documentation', () => {
  const others = {
    SESSION_KEYS: `first:${Buffer.alloc(32).toString('base64')}`,
    REDIS_URL: 'redis://localhost:6379',
  };
  const files = snippets
    .filter(({ language }) => language === 'dotenv')
    // A hash that a reader must replace.
    .map(({ id, text }): [string, string] => [
      id,
      text.replace('api:HASH', `api:${'0'.repeat(64)}`),
    ]);
  const alone = inline
    .filter(({ text }) => /^[A-Z][A-Z_]+=\S+$/.test(text) && notRun(text) === undefined)
    .map(({ place, text }): [string, string] => [place, text]);

  it.each([...files, ...alone])(
    'documents settings that are valid for the service: %s',
    (_place, text) => {
      const settings = parseEnv(text) as Record<string, string>;
      expect(Object.keys(settings).length).toBeGreaterThan(0);
      for (const name of Object.keys(settings)) expect(VARIABLES).toHaveProperty(name);
      expect(() => readConfig({ ...others, ...settings })).not.toThrow();
    },
  );
});

describe('wallet-sessions commands in the documentation', () => {
  const known = everyCommand();
  const groups = known.map(({ name }) => name.split(' ')[0] ?? '');
  const synopses = inline.filter(({ text }) =>
    groups.includes(text.replace(/^(?:npx )?wallet-sessions /, '').split(' ')[0] ?? ''),
  );

  it('documents only commands and options of wallet-sessions that exist', () => {
    const wrong = synopses.filter(({ text }) => {
      const words = text.replace(/^(?:npx )?wallet-sessions /, '');
      const [name = ''] = words.split(/ (?=[-[<|])/);
      const candidates = known.filter(
        ({ name: one }) => one === name || one.startsWith(`${name} `),
      );
      const options = candidates.flatMap(({ command }) => command.options.map(({ long }) => long));
      return (
        candidates.length === 0 ||
        (words.match(/--[a-z]+/g) ?? []).some((option) => !options.includes(option))
      );
    });
    expect(synopses.length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  it('describes every command of wallet-sessions with its options in docs/operating.md', () => {
    const operating = inline.filter(({ place }) => place.startsWith('docs/operating.md'));
    for (const { name, command } of known) {
      const { text = '' } = operating.find((code) => code.text.startsWith(name)) ?? {};
      const names = command.options.map(({ long }) => long).filter((long) => long !== '--json');
      expect([name, ...(text.match(/--[a-z]+/g) ?? [])]).toEqual(
        expect.arrayContaining([name, ...names]),
      );
    }
  });
});
