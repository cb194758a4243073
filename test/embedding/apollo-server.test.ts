import type { AddressInfo } from 'node:net';
import { parse } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { startApplication } from '../../examples/apollo-server/index.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import { LogoutDocument, SessionRevokedDocument, SessionsDocument } from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { startExample } from '../harness/example-process.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { openSocket } from '../harness/socket.js';
import { temporaryDirectory } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

type Greeting = TypedDocumentNode<{ greeting: string }, Record<string, never>>;
const GreetingDocument = parse('query Greeting { greeting }') as Greeting;

interface Application {
  readonly url: string;
  stop(): Promise<unknown>;
}

async function ofClasses(): Promise<Application> {
  const directory = await temporaryDirectory();
  const store = openEmbeddedStore({ directory: directory.path });
  const { http, stop } = await startApplication(store, ORIGIN);
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    async stop() {
      await stop();
      await directory.remove();
    },
  };
}

describe.each([
  ['type-graphql classes', ofClasses],
  ['SDL', () => startExample('sdl-first/index.js', { ORIGIN })],
])('an Apollo Server of its own, with a schema of %s', (_described, start) => {
  let application: Application;
  let url: string;
  beforeAll(async () => {
    application = await start();
    url = `${application.url}/graphql`;
  });
  afterAll(() => application.stop());

  it('signs wallets in, and knows the session in its own resolvers', async () => {
    const { session, accessToken } = await signIn(url);
    const client = apiClient(url, accessToken);
    const { greeting } = await client.request(GreetingDocument, {});
    expect(greeting).toBe(`Hello, ${session.wallet}`);
    expect((await client.request(SessionsDocument, {})).sessions.totalCount).toBe(1);
  });

  it('answers with the codes of the errors, in its resolvers and in those that were added', async () => {
    expect(await refusalOf(apiClient(url), GreetingDocument, {})).toBe('UNAUTHENTICATED');
    expect(await refusalOf(apiClient(url), SessionsDocument, {})).toBe('UNAUTHENTICATED');
    const { accessToken } = await signIn(url);
    const sessionId = 'A'.repeat(20);
    expect(await refusalOf(apiClient(url, accessToken), LogoutDocument, { sessionId })).toBe(
      'SESSION_NOT_FOUND',
    );
  });

  it('serves subscriptions, its own context and the end of a session over WebSocket', async () => {
    const wallet = aWallet();
    const { session, accessToken } = await signIn(url, wallet);
    const other = await signIn(url, wallet);
    const socket = openSocket(url.replace('http', 'ws'), accessToken);
    const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
    expect(await socket.request(GreetingDocument, {})).toEqual({
      greeting: `Hello, ${session.wallet}`,
    });
    await apiClient(url, other.accessToken).request(LogoutDocument, {});
    const first = await events.next();
    expect(first.value).toMatchObject({
      sessionRevoked: { sessionId: other.session.id, reason: 'LOGOUT' },
    });
    await apiClient(url, accessToken).request(LogoutDocument, {});
    expect((await socket.closed).code).toBe(4403);
  });
});
