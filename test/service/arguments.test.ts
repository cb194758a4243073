import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

const MAIN = resolve(__dirname, '../../dist/main.js');

/** Runs the service with arguments. It would not exit if it started. */
function run(args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) => {
      done({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

describe('dist/main.js', () => {
  it.each([['--help'], ['serve'], ['stats', '--hours', '2'], ['--port=5000']])(
    'refuses the argument %s with exit code 2 and names the command line to use',
    async (...args) => {
      const { code, stdout, stderr } = await run(args);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain(`"${args[0]}"`);
      expect(stderr).toContain('npx wallet-sessions');
    },
  );
});
