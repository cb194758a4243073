import { getAddress } from 'ethers';
import { ConfigurationError, readConfig } from '../../src/config/read.js';
import { DEFAULT_AUDIT_LOG_POLICY } from '../../src/audit/policy.js';
import { readText, textOf } from '../../src/config/text.js';
import { VARIABLES } from '../../src/config/variables.js';
import { DEFAULT_DOCUMENT_LIMITS } from '../../src/graphql/document-limits.js';
import { DEFAULT_RATE_LIMITS } from '../../src/rate-limits/rate-limits.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import { DEFAULT_SOCKET_LIMITS } from '../../src/websocket/socket-limits.js';

const KEY = Buffer.alloc(32, 1).toString('base64');

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('uses a default for every variable that is not set', () => {
    expect(readConfig({})).toMatchObject({
      port: 4000,
      redis: undefined,
      sessions: {
        timeout: 2 * 60 * 60_000,
        refreshWindow: 30 * 60_000,
        absoluteTimeout: 30 * 24 * 60 * 60_000,
        refreshGrace: 30_000,
        limit: 10,
        onLimit: 'evict-soonest-expiring',
      },
    });
  });

  it('reads the defaults of the library from an empty environment', () => {
    const { sessions, rateLimits, auditLog, socketLimits, documentLimits } = readConfig({});
    expect(sessions).toEqual(DEFAULT_SESSION_POLICY);
    expect(rateLimits).toEqual(DEFAULT_RATE_LIMITS);
    expect(auditLog).toEqual(DEFAULT_AUDIT_LOG_POLICY);
    expect(socketLimits).toEqual(DEFAULT_SOCKET_LIMITS);
    expect(documentLimits).toEqual(DEFAULT_DOCUMENT_LIMITS);
  });

  it.each(Object.entries(VARIABLES).filter(([, { fallback }]) => fallback !== undefined))(
    'reads the documented default of %s as its default',
    (_name, setting) => {
      const read = readText(setting, textOf(setting.fallback, setting.form));
      expect(read).toEqual({ value: setting.fallback });
    },
  );

  it.each(['RPC_URLS', 'ADMIN_WALLETS', 'TRUSTED_PROXIES'])('reads %s=none as nothing', (name) => {
    expect(readConfig({ [name]: 'none' })).toEqual(readConfig({}));
  });

  it('treats an empty variable as not set', () => {
    const empty = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, '']));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  it.each([
    ['SESSION_TIMEOUT', '90m', { sessions: { timeout: 90 * 60_000 } }],
    ['SESSION_LIMIT', '0', { sessions: { limit: 0 } }],
    [
      'ALLOWED_HOSTS',
      'Auth.example.com, [::1]:80',
      { allowedHosts: ['auth.example.com', '[::1]:80'] },
    ],
    ['REQUEST_TIMEOUT', '1m', { intakeLimits: { requestTimeout: 60_000 } }],
    ['KEEP_ALIVE_TIMEOUT', '5m', { intakeLimits: { keepAliveTimeout: 300_000 } }],
    ['SESSION_LIMIT_POLICY', 'refuse-new', { sessions: { onLimit: 'refuse-new' } }],
    [
      'SIGN_IN_CHAIN_IDS',
      'eip155:10, solana:mainnet',
      { signIn: { chainIds: ['eip155:10', 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp'] } },
    ],
    [
      'SIGN_IN_ORIGINS',
      'https://a.example,http://localhost:5173',
      { origins: ['https://a.example', 'http://localhost:5173'] },
    ],
    ['REDIS_URL', 'rediss://user:pass@host:6380/1', { redis: { keyPrefix: 'ws' } }],
  ])('reads the variable %s=%s', (name, value, expected) => {
    expect(readConfig({ [name]: value })).toMatchObject(expected);
  });

  it('reads SESSION_KEYS, newest first', () => {
    const { keys } = readConfig({ SESSION_KEYS: `new:${KEY},old:${KEY}` });
    expect(keys?.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(keys?.[0]?.secret).toHaveLength(32);
  });

  it('reads ADMIN_WALLETS as account ids, with the checksum of each address', () => {
    const address = `0x${'ab'.repeat(20)}`;
    const given = `eip155:0:${address}, eip155:10:${address}`;
    const { administrators } = readConfig({ ADMIN_WALLETS: given });
    const checksummed = getAddress(address);
    expect(administrators).toEqual([`eip155:0:${checksummed}`, `eip155:10:${checksummed}`]);
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '65536'],
    ['REDIS_URL', 'localhost:6379'],
    ['REDIS_URL', 'http://localhost'],
    ['REDIS_URL', 'redis://localhost/notanumber'],
    ['REDIS_KEY_PREFIX', 'with blank'],
    ['REDIS_COMMAND_TIMEOUT', '0'],
    ['SESSION_KEYS', 'short:AAAA'],
    ['SESSION_KEYS', KEY],
    ['SESSION_KEYS', `one:${KEY},one:${KEY}`],
    ['SIGN_IN_ORIGINS', 'app.example.com'],
    ['SIGN_IN_ORIGINS', 'https://app.example.com/path'],
    ['SIGN_IN_CHAIN_IDS', '1'],
    ['SIGN_IN_CHAIN_IDS', 'eip155:0'],
    ['SIGN_IN_CHAIN_IDS', 'mainnet'],
    ['SIGN_IN_STATEMENT', 'two\nlines'],
    ['SIGN_IN_STATEMENT', 'say "yes"'],
    ['RPC_URLS', 'https://rpc.example.com'],
    ['RPC_URLS', 'mainnet=https://rpc.example.com'],
    ['RPC_URLS', '1=https://rpc.example.com'],
    ['RPC_URLS', 'eip155:1=wss://rpc.example.com'],
    ['RPC_URLS', 'eip155:1=https://name:word@rpc.example.com'],
    ['RPC_URLS', 'eip155:1=https://a.example.com,eip155:1=https://b.example.com'],
    ['WALLET_VERIFICATION_TIMEOUT', '1ms'],
    ['ADMIN_WALLETS', '0x1234'],
    ['APPLICATION_NAME', 'A'.repeat(65)],
    ['APPLICATION_URL', '/app'],
    ['APPLICATION_URL', 'javascript:alert(1)'],
    ['APPLICATION_LOGO_URL', 'logo.svg'],
    ['APPLICATION_LOGO_URL', 'data:text/html,x'],
    ['METRICS_DASHBOARD_URL', 'javascript:alert(1)'],
    ['ADMIN_WALLETS', `0x${'ab'.repeat(20)}`],
    ['ADMIN_WALLETS', `eip155:10:0x${'ab'.repeat(19)}aB`],
    ['CHALLENGE_TIMEOUT', '5'],
    ['SESSION_TIMEOUT', 'two hours'],
    ['SESSION_TIMEOUT', '-2h'],
    ['SESSION_LIMIT', '-1'],
    ['SESSION_LIMIT_POLICY', 'newest'],
    ['TRUSTED_PROXIES', 'everybody'],
    ['MESSAGE_LIMIT', '1'],
    ['INTROSPECTION', 'yes'],
    ['LOG_LEVEL', 'chatty'],
  ])('rejects the variable %s=%s with a message that names it', (name, value) => {
    const [problem, ...others] = problemsOf({ [name]: value });
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^${name} must `));
    if (name === 'SESSION_KEYS') expect(problem).not.toContain(value);
  });

  it('reports every invalid variable at once', () => {
    const problems = problemsOf({ PORT: 'x', SESSION_TIMEOUT: 'x', LOG_LEVEL: 'x' });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'PORT',
      'LOG_LEVEL',
      'SESSION_TIMEOUT',
    ]);
  });

  it('reads RPC_URLS, each with WALLET_VERIFICATION_TIMEOUT', () => {
    const { rpcs } = readConfig({
      SIGN_IN_CHAIN_IDS: 'eip155:1,eip155:8453',
      RPC_URLS: 'eip155:1=https://rpc.example.com/v1?key=a=b, eip155:8453=http://localhost:8545',
      WALLET_VERIFICATION_TIMEOUT: '2s',
    });
    expect(rpcs).toEqual([
      { chainId: 'eip155:1', url: 'https://rpc.example.com/v1?key=a=b', timeout: 2000 },
      { chainId: 'eip155:8453', url: 'http://localhost:8545', timeout: 2000 },
    ]);
  });

  it('rejects an RPC for a chain that SIGN_IN_CHAIN_IDS does not contain', () => {
    expect(
      problemsOf({ SIGN_IN_CHAIN_IDS: 'eip155:1', RPC_URLS: 'eip155:10=https://rpc.example.com' }),
    ).toEqual(['RPC_URLS names chain eip155:10. Add it to SIGN_IN_CHAIN_IDS.']);
  });

  it('rejects an idle timeout longer than the absolute timeout', () => {
    expect(problemsOf({ SESSION_TIMEOUT: '2d', SESSION_ABSOLUTE_TIMEOUT: '12h' })).toEqual([
      'SESSION_TIMEOUT must be at most SESSION_ABSOLUTE_TIMEOUT.',
    ]);
  });

  it('rejects TRUSTED_DOCUMENTS_ONLY without the files of these documents', () => {
    expect(problemsOf({ TRUSTED_DOCUMENTS_ONLY: 'true' })).toEqual([
      'TRUSTED_DOCUMENTS_ONLY needs TRUSTED_DOCUMENTS: the files of these documents.',
    ]);
  });

  it.each([
    [
      { TRUSTED_DOCUMENTS_ONLY: 'true', TRUSTED_DOCUMENTS: '' },
      /^TRUSTED_DOCUMENTS_ONLY needs TRUSTED_DOCUMENTS: /,
    ],
    [{ DEVICE_BINDING: 'true' }, /^DEVICE_BINDING needs COOKIES: /],
    [{ REDIS_REVOCATION_REPLICAS: '1' }, /^REDIS_REVOCATION_REPLICAS needs REDIS_URL: /],
    [{ REDIS_TLS_CA_FILE: 'ca.crt' }, /^REDIS_TLS_CA_FILE needs REDIS_URL with rediss:\/\/: /],
    [
      { REDIS_TLS_CA_FILE: 'ca.crt', REDIS_URL: 'redis://localhost' },
      /^REDIS_TLS_CA_FILE needs REDIS_URL with rediss:\/\/: /,
    ],
  ])('rejects %j, which would have no effect', (environment, message) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    { TRUSTED_DOCUMENTS_ONLY: 'true', TRUSTED_DOCUMENTS: 'documents.json' },
    { TRUSTED_DOCUMENTS_ONLY: 'false' },
    { DEVICE_BINDING: 'true', COOKIES: 'true' },
    { REDIS_REVOCATION_REPLICAS: '1', REDIS_URL: 'redis://localhost' },
    { REDIS_REVOCATION_REPLICAS: '0' },
    { REDIS_TLS_CA_FILE: 'ca.crt', REDIS_URL: 'rediss://localhost' },
    {
      REDIS_TLS_CA_FILE: 'ca.crt',
      REDIS_URL: 'redis://mymaster',
      REDIS_SENTINELS: 'rediss://localhost',
    },
  ])('accepts %j', (environment) => {
    expect(problemsOf(environment)).toEqual([]);
  });

  it('requires SESSION_KEYS in production', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(/^SESSION_KEYS must be set in production/),
    ]);
    expect(problemsOf({ NODE_ENV: 'production', SESSION_KEYS: `k:${KEY}` })).toEqual([]);
  });
});
