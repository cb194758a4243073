import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { print } from 'graphql';
import { MessageType } from 'graphql-ws';
import {
  CreateSignInChallengeDocument,
  CurrentSessionDocument,
  LogoutDocument,
  SessionsDocument,
  SignInDocument,
} from '../generated/graphql.js';
import { apiClient, signIn, type TokenGrant } from '../harness/api.js';
import { startNginx, type Nginx } from '../harness/nginx.js';
import { openRawSocket } from '../harness/raw-socket.js';
import { TEST_KEY } from '../harness/service.js';
import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { ownPrefix, redisUrl } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const CHALLENGE = '{"query":"mutation { createSignInChallenge { nonce } }"}';
const CHALLENGES_PER_MINUTE = 5;

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string;
}

interface Received {
  readonly status: number | undefined;
  readonly body: string;
}

describe('two instances behind nginx', () => {
  let one: ServiceProcess;
  let other: ServiceProcess;
  let nginx: Nginx;

  beforeAll(async () => {
    const environment = {
      SESSION_KEYS: TEST_KEY,
      REDIS_URL: redisUrl(),
      REDIS_KEY_PREFIX: ownPrefix(),
      SIGN_IN_ORIGINS: 'http://localhost:4000',
      ALLOWED_HOSTS: '*',
      TRUSTED_PROXIES: 'loopback',
      RATE_LIMIT_CHALLENGE_PER_IP: `${CHALLENGES_PER_MINUTE}/1m`,
      WEBSOCKET_LIMIT_PER_IP: '1',
    };
    [one, other] = await Promise.all([
      startServiceProcess(environment),
      startServiceProcess(environment),
    ]);
    nginx = await startNginx([one.url, other.url]);
  });
  afterAll(async () => {
    await nginx.close();
    await Promise.all([one.stop(), other.stop()]);
  });

  /** Sends a request of a client at this address through nginx. */
  async function send(address: string, sent: Sent): Promise<Received> {
    const { method = 'POST', path = '/graphql', headers = {}, body = '' } = sent;
    const socket = await nginx.connect(address);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest({
        createConnection: () => socket,
        method,
        path,
        headers: {
          host: 'wallet.example',
          connection: 'close',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
      })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    return { status: answer.statusCode, body: await text(answer) };
  }

  /** Sends a head that `node:http` would not send, and resolves to the status of the answer. */
  async function sendHead(address: string, head: string): Promise<string> {
    const socket: Socket = await nginx.connect(address);
    socket.write(head);
    const [line = ''] = (await text(socket)).split('\r\n');
    return line;
  }

  async function codeAt(address: string, headers: Sent['headers'] = {}): Promise<string> {
    const { body } = await send(address, { headers, body: CHALLENGE });
    const { errors } = JSON.parse(body) as { errors?: { extensions: { code: string } }[] };
    return errors?.[0]?.extensions.code ?? 'answered';
  }

  /** Spends the challenges of an address at both instances together. */
  async function spend(address: string, headers?: Sent['headers']): Promise<void> {
    for (let count = 0; count < CHALLENGES_PER_MINUTE; count += 1) await codeAt(address, headers);
  }

  /** Signs in directly at an instance, as a trusted proxy that forwards the request of a new client. */
  let clients = 0;
  const signInAt = ({ url }: ServiceProcess, wallet = aWallet()): Promise<TokenGrant> => {
    clients += 1;
    return signIn(url, wallet, {}, { 'x-forwarded-for': `192.0.2.${clients}` });
  };

  async function openThroughNginx(address: string, accessToken?: string) {
    const connection = await nginx.connect(address);
    const socket = await openRawSocket('ws://wallet.example/graphql', {
      createConnection: () => connection,
    });
    const payload = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
    socket.send({ type: MessageType.ConnectionInit, payload });
    return socket;
  }

  it('limits a client behind nginx by its own address, whatever X-Forwarded-For, Forwarded or X-Real-IP it sends', async () => {
    for (let count = 0; count < CHALLENGES_PER_MINUTE; count += 1) {
      const headers = {
        'x-forwarded-for': [`10.0.0.${count}`, `203.0.113.${count}, 127.0.0.1`],
        forwarded: `for=203.0.113.${count}`,
        'x-real-ip': `203.0.113.${count}`,
      };
      expect(await codeAt('198.51.100.1', headers)).toBe('answered');
    }
    for (const forged of ['203.0.113.99', '127.0.0.1', '::1, 127.0.0.1', ', ,', 'x'.repeat(7000)]) {
      expect(await codeAt('198.51.100.1', { 'x-forwarded-for': forged })).toBe('RATE_LIMITED');
    }
    expect(await codeAt('198.51.100.2')).toBe('answered');
  });

  it('does not count a request for an address that a client behind nginx forges', async () => {
    await spend('198.51.100.3', { 'x-forwarded-for': '198.51.100.4' });
    expect(await codeAt('198.51.100.3')).toBe('RATE_LIMITED');
    expect(await codeAt('198.51.100.4')).toBe('answered');
  });

  it('limits an IPv6 /64 behind nginx as one client, and the next /64 separately', async () => {
    for (let count = 0; count < CHALLENGES_PER_MINUTE; count += 1) {
      expect(await codeAt(`2001:db8:1:2::${count + 1}`)).toBe('answered');
    }
    expect(await codeAt('2001:db8:1:2:ffff::1')).toBe('RATE_LIMITED');
    expect(await codeAt('2001:db8:1:3::1')).toBe('answered');
  });

  it('limits an IPv4 address and its IPv4-mapped IPv6 address behind nginx as one client', async () => {
    await spend('198.51.100.5');
    expect(await codeAt('::ffff:198.51.100.5')).toBe('RATE_LIMITED');
  });

  it('refuses a session behind nginx at both instances as soon as one of them has ended it', async () => {
    for (const [here, there] of [
      [one, other],
      [other, one],
    ] as const) {
      const { accessToken } = await signInAt(here);
      const headers = { authorization: `Bearer ${accessToken}` };
      const asked = { headers, body: JSON.stringify({ query: print(CurrentSessionDocument) }) };
      // Twice, so that both instances have the session in memory.
      for (let count = 0; count < 2; count += 1) {
        expect((await send('198.51.100.6', asked)).body).toContain('"id"');
      }
      await apiClient(there.url, accessToken).request(LogoutDocument, {});
      for (let count = 0; count < 2; count += 1) {
        expect((await send('198.51.100.6', asked)).body).toContain('"session":null');
      }
    }
  });

  it('accepts a signed challenge once when twenty requests present it through nginx concurrently', async () => {
    const wallet = aWallet();
    const { createSignInChallenge } = await apiClient(one.url).request(
      CreateSignInChallengeDocument,
      { account: wallet.account },
      { 'x-forwarded-for': '192.0.2.200' },
    );
    const message = createSignInChallenge.message ?? '';
    const variables = { message, signature: await wallet.sign(message) };
    const body = JSON.stringify({ query: print(SignInDocument), variables });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send(`198.51.100.${20 + index}`, { body })),
    );
    expect(answers.filter(({ body }) => body.includes('accessToken'))).toHaveLength(1);
    expect(answers.filter(({ body }) => body.includes('NONCE_INVALID'))).toHaveLength(19);
  });

  it('closes the WebSockets of a session behind nginx at both instances when it ends', async () => {
    const wallet = aWallet();
    const { accessToken } = await signInAt(one, wallet);
    const sockets = await Promise.all(
      ['198.51.100.7', '198.51.100.8'].map((address) => openThroughNginx(address, accessToken)),
    );
    for (const socket of sockets) {
      expect(await socket.next()).toMatchObject({ type: MessageType.ConnectionAck });
      const payload = { query: 'subscription { sessionRevoked(after: "0-0") { sessionId } }' };
      socket.send({ id: 'ends', type: MessageType.Subscribe, payload });
      socket.send({ id: 'now', type: MessageType.Subscribe, payload: { query: '{ __typename }' } });
      expect(await socket.next()).toMatchObject({ id: 'now', type: MessageType.Next });
    }
    await apiClient(other.url, accessToken).request(LogoutDocument, {});
    for (const socket of sockets) {
      expect(await socket.closed).toEqual({ code: 4403, reason: 'Session ended: LOGOUT' });
    }
  });

  it('shows the owner the address that nginx saw, and limits sockets by it', async () => {
    const { accessToken } = await signInAt(one);
    const first = await Promise.all([
      openThroughNginx('198.51.100.9', accessToken),
      openThroughNginx('198.51.100.9', accessToken),
    ]);
    for (const socket of first) {
      expect(await socket.next()).toMatchObject({ type: MessageType.ConnectionAck });
    }
    // There is one at each instance, so a third one exceeds the limit at either.
    const third = await openThroughNginx('198.51.100.9', accessToken);
    expect(await third.closed).toMatchObject({ code: 1008 });
    const fourth = await openThroughNginx('198.51.100.10', accessToken);
    expect(await fourth.next()).toMatchObject({ type: MessageType.ConnectionAck });

    const wallet = aWallet();
    const answer = await send('198.51.100.11', {
      body: JSON.stringify({
        query: print(CreateSignInChallengeDocument),
        variables: { account: wallet.account },
      }),
      headers: { 'x-forwarded-for': '203.0.113.1' },
    });
    const { data } = JSON.parse(answer.body) as {
      data: { createSignInChallenge: { message: string } };
    };
    const { message } = data.createSignInChallenge;
    const signed = await send('198.51.100.11', {
      body: JSON.stringify({
        query: print(SignInDocument),
        variables: { message, signature: await wallet.sign(message) },
      }),
      headers: { 'x-forwarded-for': '203.0.113.1' },
    });
    const token = (JSON.parse(signed.body) as { data: { signIn: TokenGrant } }).data.signIn
      .accessToken;
    const { sessions } = await apiClient(other.url, token).request(SessionsDocument, {});
    expect(sessions.edges[0]?.node.ipAddress).toBe('198.51.100.11');
    for (const { socket } of [...first, fourth]) socket.terminate();
  });

  describe('requests that are refused before they are read', () => {
    const long = 'x'.repeat(900_000);
    const fields = (count: number) =>
      Array.from({ length: count }, (_, index) => `x-${index}: x\r\n`).join('');

    /** nginx takes an instance out of use for ten seconds if it resets a connection or closes it without an answer. */
    async function expectBothInUse(): Promise<void> {
      for (let count = 0; count < 4; count += 1) {
        const { status } = await send('198.51.100.12', { body: '{"query":"{ __typename }"}' });
        expect(status).toBe(200);
      }
    }

    it.each<[string, number, Sent]>([
      ['a body that is too long', 413, {}],
      ['a long body with another media type', 415, { headers: { 'content-type': 'text/plain' } }],
      ['a long body for a path that takes none', 200, { path: '/healthz' }],
      ['a long body for an unknown path', 404, { path: '/nowhere' }],
      ['a long body with another method', 405, { method: 'PUT' }],
      [
        'a long body behind a WebSocket handshake',
        413,
        { headers: { connection: 'upgrade', upgrade: 'websocket' } },
      ],
      [
        'a long body behind another upgrade',
        413,
        { headers: { connection: 'upgrade', upgrade: 'h2c' } },
      ],
    ])('answers %s without nginx taking an instance out of use', async (_what, status, sent) => {
      for (let count = 0; count < 4; count += 1) {
        expect((await send('198.51.100.13', { ...sent, body: long })).status).toBe(status);
      }
      await expectBothInUse();
    });

    it('answers an upgrade with too many header fields without nginx taking an instance out of use', async () => {
      const head = `GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n`;
      for (let count = 0; count < 2; count += 1) {
        // The request of a client that closes: nginx does not keep the connection for another one.
        const answer = await sendHead(
          '198.51.100.14',
          `${head}${fields(199)}\r\n`.replace('HTTP/1.1', 'HTTP/1.0'),
        );
        expect(answer).toMatch(/^HTTP\/1\.[01] 431 /);
      }
      await expectBothInUse();
    });

    it('answers no request through nginx that is hidden behind the body of another one', async () => {
      const hidden = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';
      const { body } = await send('198.51.100.15', {
        path: '/nowhere',
        body: hidden,
        headers: { connection: 'upgrade', upgrade: 'websocket' },
      });
      expect(body).toBe('Not found.\n');
      await expectBothInUse();
    });
  });
});
