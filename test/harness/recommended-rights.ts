import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The arguments of `ACL SETUSER …` in docs/security.md. */
export function recommendedRights(): [user: string, ...rules: string[]] {
  const documentation = readFileSync(join(__dirname, '../../docs/security.md'), 'utf8');
  const [, words = ''] = /^ACL SETUSER ((?:.*\\\n)*.*)$/m.exec(documentation) ?? [];
  const [user = '', ...rules] = words.replaceAll('\\\n', ' ').split(/\s+/);
  return [user, ...rules];
}
