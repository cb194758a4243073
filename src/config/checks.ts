import { ok, problem, warning, type CheckResult } from '../check-result.js';
import { isLoopback } from '../loopback.js';
import { unknownVariables } from './unknown-variables.js';
import type { Config } from './read.js';

/** Warns of variables that may be misspelt, even if others are invalid. */
export function checkNames(environment: NodeJS.ProcessEnv): CheckResult[] {
  return unknownVariables(environment).map((meaning) =>
    warning('names', meaning, 'Correct the name or remove the variable.'),
  );
}

/** Checks a valid configuration for consequences that may be unintended. */
export function checkConfig(config: Config): CheckResult[] {
  return [
    ok('configuration', 'Every variable is valid.'),
    ...keys(config),
    ...originsOf(config),
    hosts(config),
    mode(config),
  ];
}

function keys({ keys, redis, dataDirectory }: Config): CheckResult[] {
  if (keys !== undefined) {
    const count = keys.length === 1 ? '1 key' : `${keys.length} keys`;
    return [ok('keys', `SESSION_KEYS has ${count}; new tokens and records use "${keys[0].id}".`)];
  }
  const report = redis === undefined ? warning : problem;
  return [
    report(
      'keys',
      `SESSION_KEYS is not set: the development key in ${dataDirectory} is used. Everybody who can read that file ` +
        'knows the key, and other instances have different keys and cannot read the sessions of this one.',
      'Set SESSION_KEYS to the output of `npx wallet-sessions-service keys generate`, with the same value on every instance.',
    ),
  ];
}

function originsOf({ origins, corsOrigins, pages }: Config): CheckResult[] {
  if (origins === undefined) {
    const meaning = 'SIGN_IN_ORIGINS is not set: only pages on localhost can request sign-ins.';
    return pages.isDevelopment
      ? [ok('origins', meaning)]
      : [warning('origins', meaning, 'Set SIGN_IN_ORIGINS to the origins of your pages.')];
  }
  const open = [...origins, ...(corsOrigins ?? [])].filter(isOpen);
  if (open.length === 0) return [ok('origins', 'Every origin is https:// or on this machine.')];
  const report = pages.isDevelopment ? warning : problem;
  return [
    report(
      'origins',
      `${[...new Set(open)].join(', ')}: over http://, anybody on the network path can read and change the traffic ` +
        'between pages and this service, including tokens.',
      'Serve the pages over https://, and use https:// in SIGN_IN_ORIGINS and CORS_ORIGINS.',
    ),
  ];
}

function hosts({ host, allowedHosts }: Config): CheckResult {
  if (allowedHosts?.includes('*') === true) {
    return ok('hosts', 'ALLOWED_HOSTS has *: requests may name any host.');
  }
  if (allowedHosts !== undefined) {
    return ok('hosts', `Requests may name only these hosts: ${allowedHosts.join(', ')}.`);
  }
  if (isLoopback(host.includes(':') ? `[${host}]` : host)) {
    return ok('hosts', 'Requests may name only the loopback address and the hosts of the origins.');
  }
  return warning(
    'hosts',
    `ALLOWED_HOSTS is not set and HOST is ${host}: requests may name any host. If only an internal network reaches ` +
      'this address, any web page that a user there visits can reach it, too, by DNS rebinding.',
    'Set ALLOWED_HOSTS to the hosts by which clients and proxies call the service, or to * if anybody may reach it.',
  );
}

function isOpen(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'http:' && !isLoopback(hostname);
}

function mode({ pages }: Config): CheckResult {
  if (!pages.isDevelopment) return ok('mode', 'NODE_ENV is production.');
  return warning(
    'mode',
    'NODE_ENV is not production: by default, anybody may query the schema, and the pages ' +
      'offer throw-away wallets.',
    'Set NODE_ENV=production where others can reach the service.',
  );
}
