import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { print } from 'graphql';
import { MessageType } from 'graphql-ws';
import { CurrentSessionDocument } from '../generated/graphql.js';
import { signIn } from '../harness/api.js';
import { openRawSocket } from '../harness/raw-socket.js';
import { openSocket } from '../harness/socket.js';
import { startTestService, type TestService } from '../harness/service.js';

const FILE = 'test/generated/persisted-documents.json';

/** The documents that GraphQL Code Generator wrote. */
const written = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, string>;
const [ID = '', TEXT = ''] =
  Object.entries(written).find(([, text]) => text.includes('query CurrentSession')) ?? [];
const HASH = ID.replace('sha256:', '');

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe.each([
  ['beside other documents', 'false'],
  ['only', 'true'],
])('trusted documents %s', (_mode, only) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', {
      TRUSTED_DOCUMENTS: FILE,
      TRUSTED_DOCUMENTS_ONLY: only,
    });
  });
  afterAll(() => service.stop());

  async function post(body: object): Promise<unknown> {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.json();
  }

  it.each([
    ['documentId', { documentId: ID }],
    ['a documentId without the name of its hash algorithm', { documentId: HASH }],
    [
      'the hash of a persisted query',
      { extensions: { persistedQuery: { version: 1, sha256Hash: HASH } } },
    ],
    ['its text', { query: TEXT }],
  ])('serves a trusted document over HTTP by %s', async (_how, body) => {
    expect(await post(body)).toEqual({ data: { session: null } });
  });

  it('serves a trusted document over WebSocket by its id', async () => {
    const socket = await openRawSocket(service.webSocketUrl);
    socket.send({ type: MessageType.ConnectionInit });
    expect(await socket.next()).toMatchObject({ type: MessageType.ConnectionAck });
    const payload = { query: '', documentId: ID };
    socket.send({ id: '1', type: MessageType.Subscribe, payload });
    expect(await socket.next()).toMatchObject({ payload: { data: { session: null } } });
    socket.socket.close();
  });

  it('serves a trusted document over WebSocket by the hash of a persisted query from graphql-ws', async () => {
    const { client, close } = openSocket(service.webSocketUrl);
    const extensions = { persistedQuery: { version: 1, sha256Hash: HASH } };
    expect(await client.iterate({ query: '', extensions }).next()).toMatchObject({
      value: { data: { session: null } },
    });
    await close();
  });

  it('identifies a generated document by the id of its trusted document', () => {
    expect((CurrentSessionDocument as { __meta__?: { hash?: string } }).__meta__?.hash).toBe(ID);
    expect(print(CurrentSessionDocument).replace(/\s+/g, ' ')).toContain('query CurrentSession');
  });

  it('answers PERSISTED_QUERY_NOT_FOUND to an unknown document id', async () => {
    expect(await post({ documentId: sha256('{ __typename }') })).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
  });

  it(`${only === 'true' ? 'refuses' : 'serves and registers'} a document that is not trusted`, async () => {
    const query = '{ __typename }';
    const persistedQuery = { version: 1, sha256Hash: sha256(query) };
    const answers = [
      await post({ query }),
      await post({ query, extensions: { persistedQuery } }),
      await post({ extensions: { persistedQuery } }),
    ];
    const refused = 'GRAPHQL_VALIDATION_FAILED';
    const expected =
      only === 'true'
        ? [refused, refused, 'PERSISTED_QUERY_NOT_FOUND'].map((code) => ({
            errors: [{ extensions: { code } }],
          }))
        : answers.map(() => ({ data: { __typename: 'Query' } }));
    expect(answers).toMatchObject(expected);
  });

  it('signs in with a document that is not trusted only if others are allowed', async () => {
    await (only === 'true'
      ? expect(signIn(service.url)).rejects.toThrow('trusted')
      : expect(signIn(service.url)).resolves.toBeDefined());
  });
});
