import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildWalletSessionsSchema, createDocumentRules } from '../../src/graphql/index.js';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import { serveSubscriptions, type SubscriptionsOptions } from '../../src/websocket/index.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { embedWalletSessions } from '../harness/application.js';
import { exchange } from '../harness/raw-connection.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { redisUrl } from '../harness/stores.js';

type Refusal = [what: string, options: object, error: typeof TypeError, message: RegExp];

describe('openRedisStore', () => {
  it.each<Refusal>([
    [
      'an unknown option',
      { prefix: 'app' },
      TypeError,
      /^openRedisStore has no prefix: .*keyPrefix/,
    ],
    ['a prefix that is not a string', { keyPrefix: 7 }, TypeError, /^keyPrefix must be a text/],
    ['a string for cluster', { cluster: 'true' }, TypeError, /^cluster must be true or false/],
    [
      'a listener that is not a function',
      { onError: 'log' },
      TypeError,
      /^onError must be a function/,
    ],
    [
      'a timeout given as a string',
      { commandTimeout: '2s' },
      RangeError,
      /^commandTimeout is "2s", but must/,
    ],
    ['a negative bound', { nearCacheBound: -1 }, RangeError, /^nearCacheBound is -1/],
    [
      'a fractional number of replicas',
      { revocationReplicas: 0.5 },
      RangeError,
      /^revocationReplicas is 0\.5/,
    ],
  ])('rejects %s in openRedisStore', async (_what, options, error, message) => {
    const opening = openRedisStore({ url: redisUrl(), ...options });
    await expect(opening).rejects.toThrow(error);
    await expect(opening).rejects.toThrow(message);
  });
});

describe('openEmbeddedStore', () => {
  it.each<[string, unknown, RegExp]>([
    ['missing options', undefined, /^openEmbeddedStore must be an object, of directory/],
    ['a missing directory', {}, /^directory must be a text/],
    ['an unknown option', { dir: '.' }, /^openEmbeddedStore has no dir: .*directory/],
    ['a null clock', { directory: '.', clock: null }, /^clock must be a clock/],
  ])('rejects %s in openEmbeddedStore', (_what, options, message) => {
    const open = () => openEmbeddedStore(options as Parameters<typeof openEmbeddedStore>[0]);
    expect(open).toThrow(TypeError);
    expect(open).toThrow(message);
  });
});

describe('createDocumentRules', () => {
  it('rejects an unknown limit in createDocumentRules', () => {
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
    ['an unknown option', { pathname: '/' }, TypeError, /^serveSubscriptions has no pathname/],
    [
      'an unknown limit',
      { limits: { socketsPerUser: 5 } },
      TypeError,
      /^limits has no socketsPerUser/,
    ],
    [
      'an unknown document limit',
      { documentLimits: { depht: 5 } },
      TypeError,
      /^documentLimits has no depht/,
    ],
    [
      'a limit given as a string',
      { limits: { socketsPerSession: '5' } },
      RangeError,
      /^limits\.socketsPerSession is "5"/,
    ],
    [
      'an object that is not a WalletSessions',
      { walletSessions: {} },
      TypeError,
      /^walletSessions must be the result of/,
    ],
    [
      'a schema that is not a GraphQLSchema',
      { schema: 'type Query' },
      TypeError,
      /^schema must be a GraphQLSchema/,
    ],
    [
      'a single origin instead of a list',
      { origins: ORIGIN },
      TypeError,
      /^origins must be a list/,
    ],
    ['a message limit of 0', { messageLimit: 0 }, RangeError, /^messageLimit is 0/],
  ])('rejects %s in serveSubscriptions', (_what, options, error, message) => {
    const serve = () => serveSubscriptions(http, { ...sound, ...options });
    expect(serve).toThrow(error);
    expect(serve).toThrow(message);
  });

  it('treats an undefined option of serveSubscriptions as not given', async () => {
    const given = {
      path: undefined,
      limits: { socketsPerSession: undefined },
      messageLimit: undefined,
    };
    await serveSubscriptions(http, { ...sound, ...given }).close();
  });

  it('refuses a handshake to a path that none of several calls serves', async () => {
    const paths = ['/of-users', '/of-operators'];
    const opened = paths.map((path) => serveSubscriptions(http, { ...sound, path }));
    const { port } = http.address() as AddressInfo;
    const answer = await exchange(
      `http://127.0.0.1:${port}`,
      'GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(answer.match(/HTTP\/1\.1 404 /g)).toHaveLength(1);
    await Promise.all(opened.map((sockets) => sockets.close()));
  });
});
