import { AREAS, VARIABLES } from '../../dist/config/variables.js';
import { table, withSection } from './markdown.js';

/** What most who run the service look at first; the README has these. */
const MOST_USED = [
  'HOST',
  'PORT',
  'NODE_ENV',
  'REDIS_URL',
  'SESSION_KEYS',
  'SIGN_IN_ORIGINS',
  'SIGN_IN_CHAIN_IDS',
  'SESSION_TIMEOUT',
  'SESSION_ABSOLUTE_TIMEOUT',
  'SESSION_LIMIT',
  'COOKIES',
  'CORS_ORIGINS',
  'TRUSTED_PROXIES',
  'RPC_URLS',
  'ADMIN_WALLETS',
  'METRICS_PORT',
];

/** The environment variables: all by area in docs/configuration.md, the most used in the README. */
export async function configurationReference() {
  const missing = Object.keys(VARIABLES).filter(
    (name) => !AREAS.some(({ names }) => names.includes(name)),
  );
  if (missing.length > 0) throw new Error(`${missing.join(', ')} is in no area.`);
  const areas = AREAS.map(({ title, names }) => `## ${title}\n\n${variableTable(names)}`);
  return [
    await withSection('README.md', 'configuration', variableTable(MOST_USED)),
    await withSection('docs/configuration.md', 'configuration', areas.join('\n\n')),
  ];
}

function variableTable(names) {
  const rows = names.map((name) => {
    const { description, fallback } = VARIABLES[name];
    return [`\`${name}\``, fallback === undefined ? '' : `\`${fallback}\``, description];
  });
  return table(['variable', 'default', 'meaning'], rows);
}
