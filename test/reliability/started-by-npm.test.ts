import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { LogEntry } from '../harness/service-process.js';
import { temporaryDirectory } from '../harness/stores.js';

const MAIN = resolve(__dirname, '../../dist/main.js');

type Starter = ChildProcessByStdio<null, Readable, null>;

describe('a service that another process started', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let service: number | undefined;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(async () => {
    if (service !== undefined) {
      try {
        process.kill(service, 'SIGKILL');
      } catch {
        // It has exited.
      }
    }
    service = undefined;
    await directory.remove();
  });

  /** Starts a program that starts the service, and collects the log of the service. */
  async function start(command: readonly [string, ...string[]], environment: object = {}) {
    const { PATH = '', HOME = '' } = process.env;
    const [program, ...args] = command;
    const starter: Starter = spawn(program, args, {
      cwd: directory.path,
      env: { PATH, HOME, PORT: '0', DATA_DIRECTORY: directory.path, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const messages: string[] = [];
    const lines = createInterface(starter.stdout);
    // The service has the other end of the pipe: it is closed when the service has exited.
    const closed = once(lines, 'close');
    const { url, pid } = await new Promise<{ url: string; pid: number }>((found) => {
      lines.on('line', (line) => {
        if (!line.startsWith('{')) return;
        const entry = JSON.parse(line) as LogEntry;
        messages.push(entry.msg);
        if (typeof entry['url'] === 'string') {
          found({ url: entry['url'], pid: entry['pid'] as number });
        }
      });
    });
    service = pid;
    return { starter, pid, url, messages, closed };
  }

  it('drains and stops when the npm that started it is ended by SIGTERM', async () => {
    const scripts = { start: `"${process.execPath}" "${MAIN}"` };
    await writeFile(join(directory.path, 'package.json'), JSON.stringify({ scripts }));
    const { starter, messages, closed } = await start(['npm', 'start']);
    starter.kill('SIGTERM');
    await closed;
    expect(messages.slice(-2)).toEqual(['stopping', 'stopped']);
  });

  // npm runs commands with a shell. Some shells wait for their command, others become it.
  const SHELL = ['sh', '-c', '"$0" "$1"; exit', process.execPath, MAIN] as const;

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'drains and stops when the npm shell that started it is ended by %s',
    async (signal) => {
      const { starter, messages, closed } = await start(SHELL, { npm_lifecycle_event: 'npx' });
      starter.kill(signal);
      await closed;
      expect(messages.slice(-2)).toEqual(['stopping', 'stopped']);
    },
  );

  it('keeps running when the shell that started it is ended and does not belong to npm, as with nohup', async () => {
    const { starter, pid, url, messages, closed } = await start(SHELL);
    const exited = once(starter, 'exit');
    starter.kill('SIGKILL');
    await exited;
    expect((await fetch(new URL('/readyz', url))).status).toBe(200);
    expect(messages).not.toContain('stopping');
    process.kill(pid, 'SIGTERM');
    await closed;
    expect(messages.at(-1)).toBe('stopped');
  });
});
