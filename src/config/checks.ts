import { ok, problem, warning, type CheckResult } from '../check-result.js';
import { isLoopback } from '../loopback.js';
import { unknownVariables } from './unknown-variables.js';
import type { Config } from './read.js';

/** Which variables may have been misspelt, whether or not the others are valid. */
export function checkNames(environment: NodeJS.ProcessEnv): CheckResult[] {
  return unknownVariables(environment).map((meaning) =>
    warning('names', meaning, 'Correct the name, or take the variable away.'),
  );
}

/** What a valid configuration means that its author may not have meant. */
export function checkConfig(config: Config): CheckResult[] {
  return [
    ok('configuration', 'Every variable is valid.'),
    ...keys(config),
    ...origins(config),
    mode(config),
  ];
}

function keys({ keys, redis, dataDirectory }: Config): CheckResult[] {
  if (keys !== undefined) {
    return [
      ok('keys', `SESSION_KEYS has ${keys.length}; "${keys[0]?.id ?? ''}" makes what is new.`),
    ];
  }
  const report = redis === undefined ? warning : problem;
  return [
    report(
      'keys',
      `SESSION_KEYS is not set: the development key in ${dataDirectory} is used. Whoever reads that file has ` +
        'it, and an instance elsewhere has another one and knows no session of this one.',
      'Set SESSION_KEYS to what `wallet-sessions keys generate` prints, the same for every instance.',
    ),
  ];
}

function origins({ signIn, corsOrigins, pages }: Config): CheckResult[] {
  if (signIn.origins.length === 0) {
    const meaning = 'SIGN_IN_ORIGINS is not set: only pages on localhost can ask for sign-ins.';
    return pages.isDevelopment
      ? [ok('origins', meaning)]
      : [warning('origins', meaning, 'Set SIGN_IN_ORIGINS to the origins of your pages.')];
  }
  const open = [...signIn.origins, ...(corsOrigins ?? [])].filter(isOpen);
  if (open.length === 0) return [ok('origins', 'Every origin is https:// or on this machine.')];
  const report = pages.isDevelopment ? warning : problem;
  return [
    report(
      'origins',
      `${[...new Set(open)].join(', ')}: over http:// anybody on the way can read and change what pages and ` +
        'this service say to each other, tokens included.',
      'Serve the pages over https://, and name them so in SIGN_IN_ORIGINS and CORS_ORIGINS.',
    ),
  ];
}

function isOpen(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'http:' && !isLoopback(hostname);
}

function mode({ pages }: Config): CheckResult {
  if (!pages.isDevelopment) return ok('mode', 'NODE_ENV is production.');
  return warning(
    'mode',
    'NODE_ENV is not production: unless set otherwise, anybody may ask for the schema, and GraphiQL offers ' +
      'a throw-away wallet.',
    'Set NODE_ENV=production where others can reach the service.',
  );
}
