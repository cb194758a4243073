import type { Redis } from 'ioredis';
import { ok, problem, warning, type CheckResult } from '../../../check-result.js';
import type { RedisKeys } from '../keys.js';
import { rulesFor, type TriedRights } from '../rights.js';

/** Reports what the ACL of the user forbids. */
export function checkPermissions(
  { forbidden, errors }: TriedRights,
  user: string,
  keys: RedisKeys,
): CheckResult {
  if (forbidden.length > 0) {
    return problem(
      'permissions',
      `The Redis user may not run ${forbidden.join(', ')} on ${keys.all}: the operations that need them fail.`,
      `ACL SETUSER ${user} ${rulesFor(forbidden, keys)}`,
    );
  }
  if (errors.length > 0) {
    return problem('permissions', `Redis refuses: ${errors.join(' ')}`, 'Check the log of Redis.');
  }
  return ok('permissions', 'The Redis user may run every command that the store needs.');
}

/**
 * Whether the user may scan records: the command line does to encrypt them with a new key, and the service to rebuild
 * an overwritten index. Requests never scan.
 */
export async function checkScanPermission(servers: readonly Redis[]): Promise<CheckResult[]> {
  try {
    for (const server of servers) await server.scan('0', 'COUNT', '1');
    return [];
  } catch (error) {
    const { message } = error as Error;
    const meaning = `The Redis user may not scan the records (${message}): \`keys rotate\` and the repair of an overwritten index fail.`;
    const remedy = 'Allow the user SCAN.';
    return [warning('permission to scan', meaning, remedy)];
  }
}
