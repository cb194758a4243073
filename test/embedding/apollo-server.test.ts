import { parse } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { LogoutDocument, SessionRevokedDocument, SessionsDocument } from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { startExample, type ExampleProcess } from '../harness/example-process.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { openSocket } from '../harness/socket.js';
import { aWallet } from '../harness/wallet.js';

type Greeting = TypedDocumentNode<{ greeting: string }, Record<string, never>>;
const GreetingDocument = parse('query Greeting { greeting }') as Greeting;

describe.each([
  ['type-graphql classes', 'apollo-server/index.ts'],
  ['SDL', 'sdl-first/index.js'],
])('an application with its own Apollo Server and a schema made from %s', (_described, example) => {
  let application: ExampleProcess;
  let url: string;
  beforeAll(async () => {
    application = await startExample(example, { ORIGIN });
    url = `${application.url}/graphql`;
  });
  afterAll(() => application.stop());

  it('signs wallets in with the Apollo Server of an application and provides the session to its resolvers', async () => {
    const { session, accessToken } = await signIn(url);
    const client = apiClient(url, accessToken);
    const { greeting } = await client.request(GreetingDocument, {});
    expect(greeting).toBe(`Hello, ${session.wallet}`);
    expect((await client.request(SessionsDocument, {})).sessions.totalCount).toBe(1);
  });

  it('answers with error codes from resolvers of the application and of the library', async () => {
    expect(await refusalOf(apiClient(url), GreetingDocument, {})).toBe('UNAUTHENTICATED');
    expect(await refusalOf(apiClient(url), SessionsDocument, {})).toBe('UNAUTHENTICATED');
    const { accessToken } = await signIn(url);
    const sessionId = 'A'.repeat(20);
    expect(await refusalOf(apiClient(url, accessToken), LogoutDocument, { sessionId })).toBe(
      'SESSION_NOT_FOUND',
    );
  });

  const ask = async (query: string) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return response.text();
  };

  it('refuses documents that exceed the document limits in an application', async () => {
    const aliases = Array.from({ length: 60 }, (_, index) => `a${index}: session { id }`);
    expect(await ask(`{ ${aliases.join(' ')} }`)).toContain('Aliases limit of 15 exceeded');
  });

  it('reveals no stack traces of an application', async () => {
    const refused = await ask('{ greeting }');
    expect(refused).toContain('UNAUTHENTICATED');
    expect(refused).not.toContain('stacktrace');
  });

  it('serves subscriptions and fields of an application over WebSocket and closes the socket when its session ends', async () => {
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
