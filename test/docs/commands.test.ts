import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { commandsIn, inlineCommands } from '../harness/documented-commands.js';
import { readDocumentation, type Snippet } from '../harness/documentation.js';
import { aClone } from '../harness/documentation-sandbox.js';
import { examplesInHelp } from '../harness/help.js';
import { startTestService, TEST_KEY, type TestService } from '../harness/service.js';
import { ownPrefix, redisUrl } from '../harness/stores.js';
import { surround } from '../harness/surroundings.js';
import { ensureCurl, ensureOpenSsl } from '../harness/system-package.js';
import { notRun } from './not-run.js';

/** The preamble of every script. */
const SHELL = readFileSync(join(__dirname, 'surroundings/shell.sh'), 'utf8');

/** The shell command that does nothing. */
const NOTHING = ':';

describe('commands in the documentation', () => {
  const documentation = readDocumentation();
  const prefix = ownPrefix();
  let service: TestService;
  let openSsl: string;
  beforeAll(async () => {
    [service, openSsl] = await Promise.all([
      startTestService('Redis', {
        REDIS_KEY_PREFIX: prefix,
        SESSION_KEYS: TEST_KEY,
        IDENTITY_TOKEN_AUDIENCES: 'https://api.example.com',
        TOKEN_INTROSPECTION_CLIENTS: `api:${createHash('sha256').update('secret').digest('hex')}`,
      }),
      ensureOpenSsl(),
      ensureCurl(),
    ]);
  });
  afterAll(() => service.stop());

  const scripts = documentation.snippets.filter(
    ({ id, language }) => language === 'sh' && notRun(id) === undefined,
  );
  const run = new Set(scripts.flatMap(({ text }) => commandsIn(text)));
  const others = inlineCommands(documentation).filter(({ text }) =>
    commandsIn(text).some((command) => !run.has(command)),
  );
  const commands = [...scripts, ...others, ...examplesInHelp()]
    .filter(({ text }) => commandsIn(runnable(text)).some((command) => command !== NOTHING))
    .map((snippet): [string, Snippet] => [snippet.id, snippet]);

  it.each(commands)('runs the documented command successfully: %s', async (id, snippet) => {
    const sandbox = await aClone(id.replaceAll(/\W+/g, '-'));
    for (const { page, text } of documentation.snippets) {
      const [, name] = /^\/\/ ([\w.-]+\.js)\n/.exec(text) ?? [];
      if (page === snippet.page && name !== undefined)
        await writeFile(join(sandbox.path, name), text);
    }
    const { source } = surround({ ...snippet, text: runnable(snippet.text) });
    const bins = [
      join(sandbox.path, 'node_modules/.bin'),
      dirname(openSsl),
      process.env['PATH'] ?? '',
    ];
    await sandbox.run(
      ['bash', '--norc', '-euo', 'pipefail', '-c', `${SHELL}\n${withTestAddresses(source)}`],
      {
        PATH: bins.join(delimiter),
        PORT: '0',
        SERVICE_KEYS: TEST_KEY,
        SERVICE_REDIS_URL: redisUrl(),
        SERVICE_KEY_PREFIX: prefix,
        npm_config_offline: 'true',
        npm_config_update_notifier: 'false',
      },
    );
  });

  it('installs from the lockfile on this Node.js version, for which npm otherwise only warns', async () => {
    const sandbox = await aClone('npm-ci');
    const command = 'npm ci --dry-run --offline --ignore-scripts --engine-strict';
    expect(await sandbox.run(command.split(' '), {})).toMatch(/added \d+ packages/);
  });

  /** Replaces the addresses in the documentation by those of the test. */
  const withTestAddresses = (source: string) =>
    source
      .replaceAll('http://localhost:4000', new URL(service.url).origin)
      .replaceAll('PORT=4000', 'PORT=0')
      .replaceAll('redis://localhost:6379', redisUrl())
      .replaceAll('rediss://user:password@redis.example.com:6379', redisUrl());
});

/** The script with the commands of `NOT_RUN` replaced by what is run instead. */
function runnable(text: string): string {
  return text.replaceAll(/[^\n&]+/g, (part) => {
    const listed = notRun(part.trim());
    if (listed === undefined) return part;
    const { instead = NOTHING } = listed;
    return ` ${typeof instead === 'string' ? instead : instead(part.trim())} `;
  });
}
