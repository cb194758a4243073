import { AREAS } from '../../dist/config/variables.js';
import { textOf } from '../../dist/config/text.js';
import { AUDIT_LOG_SETTINGS } from '../../dist/audit/policy.js';
import { WALLET_SESSIONS_SETTINGS } from '../../dist/core/read-options.js';
import { ADD_SETTINGS } from '../../dist/graphql/add-to-schema.js';
import { SUBGRAPH_SETTINGS } from '../../dist/graphql/subgraph.js';
import {
  DOCUMENT_LIMIT_SETTINGS,
  DOCUMENT_RATE_SETTINGS,
} from '../../dist/graphql/document-limits.js';
import { IDENTITY_TOKEN_SETTINGS } from '../../dist/identity-tokens/policy.js';
import { DEVICE_BINDING_SETTINGS, KEY_BINDING_SETTINGS } from '../../dist/key-binding/policy.js';
import { isSetting } from '../../dist/options.js';
import { RATE_LIMIT_SETTINGS } from '../../dist/rate-limits/rate-limits.js';
import { INTAKE_SETTINGS } from '../../dist/server/bounded-server.js';
import { BODY_SETTINGS } from '../../dist/server/request-bodies.js';
import { SESSION_SETTINGS } from '../../dist/sessions/policy.js';
import { RPC_SETTINGS } from '../../dist/sign-in/ethereum/rpc/eth-call.js';
import { SIGN_IN_SETTINGS } from '../../dist/sign-in/policy.js';
import { EMBEDDED_SETTINGS } from '../../dist/stores/embedded/open.js';
import {
  REDIS_ADDRESS_SETTINGS,
  REDIS_CLIENT_SETTINGS,
  REDIS_SETTINGS,
  REDIS_STORE_SETTINGS,
} from '../../dist/stores/redis/settings.js';
import { MESSAGE_SETTINGS, SOCKET_LIMIT_SETTINGS } from '../../dist/websocket/socket-limits.js';
import { SUBSCRIPTION_SETTINGS } from '../../dist/websocket/subscriptions.js';
import { interfaceOptions } from './interface-options.js';
import { table, withSection } from './markdown.js';
import { readDescriptions } from './setting-descriptions.js';

/** Every group of settings. A variable has the description of its setting in the first group that has it. */
const GROUPS = {
  SESSION_SETTINGS,
  SIGN_IN_SETTINGS,
  RPC_SETTINGS,
  KEY_BINDING_SETTINGS,
  IDENTITY_TOKEN_SETTINGS,
  DEVICE_BINDING_SETTINGS,
  RATE_LIMIT_SETTINGS,
  AUDIT_LOG_SETTINGS,
  WALLET_SESSIONS_SETTINGS,
  REDIS_ADDRESS_SETTINGS,
  REDIS_STORE_SETTINGS,
  REDIS_SETTINGS,
  REDIS_CLIENT_SETTINGS,
  EMBEDDED_SETTINGS,
  DOCUMENT_LIMIT_SETTINGS,
  DOCUMENT_RATE_SETTINGS,
  MESSAGE_SETTINGS,
  SOCKET_LIMIT_SETTINGS,
  SUBSCRIPTION_SETTINGS,
  ADD_SETTINGS,
  SUBGRAPH_SETTINGS,
  INTAKE_SETTINGS,
  BODY_SETTINGS,
};

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

/** The functions that take options, with the names of their settings. */
const FUNCTIONS = {
  createWalletSessions: 'WALLET_SESSIONS_SETTINGS',
  openRedisStore: 'REDIS_SETTINGS',
  openEmbeddedStore: 'EMBEDDED_SETTINGS',
  addWalletSessions: 'ADD_SETTINGS',
  walletSessionsSubgraph: 'SUBGRAPH_SETTINGS',
  serveSubscriptions: 'SUBSCRIPTION_SETTINGS',
  createDocumentRules: 'DOCUMENT_LIMIT_SETTINGS',
};

/** The functions whose options are an interface, without bounds. */
const WITH_INTERFACES = {
  createFetchApi: ['src/fetch/fetch-api.ts', 'FetchApiOptions'],
  walletSessionsApi: ['src/express/rest.ts', 'WalletSessionsApiOptions'],
  'requireWalletSession and optionalWalletSession': ['src/http/reader.ts', 'ValidationOptions'],
};

/**
 * The settings of the service and of the library: the environment variables in docs/configuration.md and the most used ones
 * in the README, the options in docs/library-options.md.
 */
export async function settingsReference() {
  const descriptions = await readDescriptions();
  const groups = describedGroups(descriptions);
  const variables = describedVariables(descriptions, groups);
  const areas = AREAS.map(
    ({ title, variables: ofArea }) =>
      `## ${title}\n\n${variableTable(Object.keys(ofArea), variables)}`,
  );
  const functions = Object.entries(FUNCTIONS).map(([name, settings]) => {
    const describe = (path, entry) =>
      descriptions.get(`${settings}.${path}`) || groups.get(entry).description;
    const rows = optionRows(GROUPS[settings], describe);
    if (name === 'createWalletSessions') rows.push(hooksRow(descriptions));
    if (name === 'openRedisStore') {
      const { client } = REDIS_CLIENT_SETTINGS;
      const url = rows.find(([name]) => name === '`url`');
      url[2] = 'required without `client`';
      const ofClient = () => descriptions.get('REDIS_CLIENT_SETTINGS.client');
      rows.push(...optionRows({ client: { ...client, isRequired: false } }, ofClient));
    }
    return `## ${name}\n\n${optionTable(rows)}`;
  });
  const withInterfaces = Object.entries(WITH_INTERFACES).map(
    async ([name, [path, type]]) =>
      `## ${name}\n\n${optionTable(await interfaceOptions(path, type))}`,
  );
  functions.push(...(await Promise.all(withInterfaces)));
  return [
    await withSection('README.md', 'configuration', variableTable(MOST_USED, variables)),
    await withSection('docs/configuration.md', 'configuration', areas.join('\n\n')),
    await withSection('docs/library-options.md', 'options', functions.join('\n\n')),
  ];
}

/** Each setting and group with its description, and the names of the settings beside it. */
function describedGroups(descriptions) {
  const described = new Map();
  function describe(path, group) {
    for (const [name, entry] of Object.entries(group)) {
      const text = descriptions.get(`${path}.${name}`);
      if (!described.has(entry)) described.set(entry, { description: text ?? '', group });
      if (!isSetting(entry)) describe(`${path}.${name}`, entry);
      else if (!described.get(entry).description)
        throw new Error(`${path}.${name} has no comment.`);
    }
  }
  for (const [name, group] of Object.entries(GROUPS)) describe(name, group);
  return described;
}

/** The default and the description of each variable: of its setting, and of the variable itself. */
function describedVariables(descriptions, groups) {
  const all = AREAS.flatMap(({ variables }) => Object.entries(variables));
  const nameOf = new Map(all.map(([name, setting]) => [setting, name]));
  const named = (setting, code) => (nameOf.has(setting) ? `\`${nameOf.get(setting)}\`` : code);
  const own = new Map(
    [...descriptions].map(([path, text]) => [path.replace(/^\w+_VARIABLES\./, ''), text]),
  );
  return new Map(
    all.map(([name, setting]) => {
      const { description = '', group = {} } = groups.get(setting) ?? {};
      const inVariables = description
        // The text of a variable has its unit.
        .replace(/ ?Milliseconds\./, '')
        .replaceAll(/`(\w+)`/g, (code, option) =>
          named(group[option] ?? WALLET_SESSIONS_SETTINGS[option], code),
        );
      const text = [inVariables, own.get(name)].filter(Boolean).join(' ');
      if (text === '') throw new Error(`${name} has no comment.`);
      const { fallback, form } = setting;
      return [name, { fallback: fallback === undefined ? '' : textOf(fallback, form), text }];
    }),
  );
}

function variableTable(names, variables) {
  const rows = names.map((name) => {
    const { fallback, text } = variables.get(name);
    return [`\`${name}\``, fallback === '' ? '' : `\`${fallback}\``, text];
  });
  return table(['variable', 'default', 'meaning'], rows);
}

const optionTable = (rows) => table(['option', 'type', 'default', 'meaning'], rows);

/** @param describe returns the description of the setting at a path */
function optionRows(settings, describe, prefix = '') {
  return Object.entries(settings).flatMap(([name, entry]) => {
    const path = `${prefix}${name}`;
    if (!isSetting(entry)) return optionRows(entry, describe, `${path}.`);
    const description = describe(path, entry).replace(/ ?Milliseconds\./, '');
    const row = [`\`${path}\``, typeName(entry.form), defaultOf(entry), description];
    const isOfRpcs = entry === WALLET_SESSIONS_SETTINGS.rpcs;
    return isOfRpcs ? [row, ...optionRows(RPC_SETTINGS, describe, 'rpcs[].')] : [row];
  });
}

function hooksRow(descriptions) {
  const description = descriptions.get('WalletSessionsOptions.hooks');
  return ['`hooks`', '`WalletSessionsHooks`', '', description];
}

function defaultOf({ isRequired, fallback, form }) {
  if (isRequired) return 'required';
  if (fallback === undefined) return '';
  if (form.kind === 'duration' && fallback > 0) return `${fallback} (${textOf(fallback, form)})`;
  return `\`${JSON.stringify(fallback)}\``;
}

/** The type with its bounds. */
function typeName(form) {
  switch (form.kind) {
    case 'duration':
      return `milliseconds${form.min > 0 ? `, at least ${form.min}` : ''}${form.orZero ? ', or 0' : ''}`;
    case 'integer':
      return `integer, ${form.min}${form.max === Number.MAX_SAFE_INTEGER ? ' or more' : ` to ${form.max}`}`;
    case 'boolean':
      return '`boolean`';
    case 'rate':
      return '`{ acts, window }`';
    case 'choice':
      return form.values.map((value) => `\`${value}\``).join(' or ');
    case 'text':
      return '`string`';
    case 'list':
      return `list of ${typeName(form.item)}`;
    default:
      return `\`${form.type}\``;
  }
}
