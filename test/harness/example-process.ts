import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { ensurePython } from './system-package.js';

/** An example that runs in a separate process. */
export interface ExampleProcess {
  /** The URL that the example prints. */
  readonly url: string;
  /** Sends SIGTERM and resolves to the exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts `examples/<path>` on a free port. Its first line of output is its URL.
 * @param directory where an example in TypeScript finds its packages. Default: this project
 */
export async function startExample(
  path: string,
  environment: Record<string, string>,
  directory?: string,
): Promise<ExampleProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const isCompiled = path.endsWith('.ts');
  const program = path.endsWith('.py') ? await ensurePython() : process.execPath;
  const child = spawn(program, isCompiled ? ['--input-type=module'] : [`examples/${path}`], {
    cwd: directory,
    env: { PATH, HOME, PORT: '0', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(isCompiled ? await compiled(`examples/${path}`) : '');
  const exited = once(child, 'close') as Promise<[number | null]>;
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const url = await new Promise<string>((found, failed) => {
    createInterface(child.stdout).once('line', found);
    void exited.then(() => {
      failed(new Error(`The example exited: ${complaints}`));
    });
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
}

/** Compiles as the command at the top of the example does. */
async function compiled(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
