import type { CheckResult } from '../../src/check-result.js';
import { runCommand } from './command-line.js';

/** The environment of a setup without problems. */
export const SOUND = {
  NODE_ENV: 'production',
  SESSION_KEYS: `k:${Buffer.alloc(32, 1).toString('base64')}`,
  SIGN_IN_ORIGINS: 'https://app.example.com',
};

/** Runs the doctor and returns the checks by verdict, with its output. */
export async function diagnose(environment: Record<string, string>) {
  const { code, stdout, stderr } = await runCommand(['doctor', '--json'], environment);
  expect(stderr).toBe('');
  const { problems, findings } = JSON.parse(stdout) as {
    problems: number;
    findings: CheckResult[];
  };
  expect(code).toBe(problems > 0 ? 1 : 0);
  const of = (verdict: string) =>
    findings.filter((finding) => finding.verdict === verdict).map(({ check }) => check);
  for (const { verdict, remedy } of findings) expect(remedy === undefined).toBe(verdict === 'ok');
  return { ok: of('ok'), warnings: of('warning'), problems: of('problem'), stdout };
}
