import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { buildWalletSessionsSchema, createDocumentRules } from '../../src/graphql/index.js';
import type { WalletSessions } from '../../src/library/wallet-sessions.js';
import { serveSubscriptions, type SubscriptionsOptions } from '../../src/server/index.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { embedWalletSessions } from '../harness/application.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { redisUrl } from '../harness/stores.js';

type Refusal = [what: string, options: object, error: typeof TypeError, message: RegExp];

describe('openRedisStore refuses', () => {
  it.each<Refusal>([
    [
      'a name that no option has',
      { prefix: 'app' },
      TypeError,
      /^openRedisStore has no prefix: .*keyPrefix/,
    ],
    ['a prefix that is no text', { keyPrefix: 7 }, TypeError, /^keyPrefix must be a text/],
    ['a cluster as a text', { cluster: 'true' }, TypeError, /^cluster must be true or false/],
    ['a listener that is none', { onError: 'log' }, TypeError, /^onError must be a function/],
    [
      'a timeout as a text',
      { commandTimeout: '2s' },
      RangeError,
      /^commandTimeout is "2s", but must/,
    ],
    ['a negative bound', { nearCacheBound: -1 }, RangeError, /^nearCacheBound is -1/],
    ['half a replica', { revocationReplicas: 0.5 }, RangeError, /^revocationReplicas is 0\.5/],
  ])('%s', async (_what, options, error, message) => {
    const opening = openRedisStore({ url: redisUrl(), ...options });
    await expect(opening).rejects.toThrow(error);
    await expect(opening).rejects.toThrow(message);
  });
});

describe('openEmbeddedStore refuses', () => {
  it.each<[string, unknown, RegExp]>([
    ['no options', undefined, /^openEmbeddedStore must be an object, of directory/],
    ['no directory', {}, /^directory must be a text/],
    ['a name that no option has', { dir: '.' }, /^openEmbeddedStore has no dir: .*directory/],
    ['no clock', { directory: '.', clock: null }, /^clock must be a clock/],
  ])('%s', (_what, options, message) => {
    const open = () => openEmbeddedStore(options as Parameters<typeof openEmbeddedStore>[0]);
    expect(open).toThrow(TypeError);
    expect(open).toThrow(message);
  });
});

describe('createDocumentRules refuses', () => {
  it('a limit that there is not', () => {
    expect(() => createDocumentRules({ depht: 3 } as object)).toThrow(
      /^createDocumentRules has no depht: .*depth/,
    );
  });
});

describe('serveSubscriptions', () => {
  let walletSessions: WalletSessions;
  let http: Server;
  let sound: SubscriptionsOptions;
  beforeAll(async () => {
    walletSessions = await embedWalletSessions('embedded');
    http = createServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    sound = { walletSessions, schema: buildWalletSessionsSchema(), origins: [ORIGIN] };
  });
  afterAll(async () => {
    http.close();
    await walletSessions.close();
  });

  it.each<Refusal>([
    [
      'a name that no option has',
      { pathname: '/' },
      TypeError,
      /^serveSubscriptions has no pathname/,
    ],
    [
      'a limit that there is not',
      { limits: { socketsPerUser: 5 } },
      TypeError,
      /^limits has no socketsPerUser/,
    ],
    [
      'a misspelt one for documents',
      { documentLimits: { depht: 5 } },
      TypeError,
      /^documentLimits has no depht/,
    ],
    [
      'a limit as a text',
      { limits: { socketsPerSession: '5' } },
      RangeError,
      /^limits\.socketsPerSession is "5"/,
    ],
    [
      'what are no wallet sessions',
      { walletSessions: {} },
      TypeError,
      /^walletSessions must be what/,
    ],
    [
      'what is no schema',
      { schema: 'type Query' },
      TypeError,
      /^schema must be a schema of graphql/,
    ],
    ['an origin alone', { origins: ORIGIN }, TypeError, /^origins must be a list/],
    ['no message', { messageLimit: 0 }, RangeError, /^messageLimit is 0/],
  ])('refuses %s', (_what, options, error, message) => {
    const serve = () => serveSubscriptions(http, { ...sound, ...options });
    expect(serve).toThrow(error);
    expect(serve).toThrow(message);
  });

  it('takes undefined for what is not given', async () => {
    const given = {
      path: undefined,
      limits: { socketsPerSession: undefined },
      messageLimit: undefined,
    };
    await serveSubscriptions(http, { ...sound, ...given }).close();
  });
});
