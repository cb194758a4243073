import { buildSchema, type ValidationRule } from 'graphql';
import { createDocumentBudget } from '../../src/graphql/document-limits.js';
import { createDocumentRules, createDocuments } from '../../src/graphql/documents.js';
import { codesOf, EVERY_TRANSPORT } from '../harness/operation.js';
import { startTestService, type TestService } from '../harness/service.js';

const aDocument = (name: string) => `query ${name} { session { id } }`;
function refusalOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

const LIMIT = { RATE_LIMIT_DOCUMENTS_PER_IP: '3/1h' };

describe.each(EVERY_TRANSPORT)('the document budget of a network, over %s', (_name, send) => {
  let service: TestService;
  beforeEach(async () => {
    service = await startTestService('embedded', LIMIT);
  });
  afterEach(() => service.stop());

  const codes = async (query: string) => codesOf(await send(service, { query }));

  it('answers only known documents when the document budget of the network is spent', async () => {
    for (const name of ['A', 'B', 'C']) expect(await codes(aDocument(name))).toEqual([]);
    const refused = await send(service, { query: aDocument('D') });
    expect(codesOf(refused)).toEqual(['RATE_LIMITED']);
    expect(refused.errors?.[0]?.extensions?.['retryAfter']).toBeGreaterThan(3500);
    for (const name of ['A', 'B', 'C']) expect(await codes(aDocument(name))).toEqual([]);
    expect(service.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  it('charges the document budget for each invalid document, even a repeated one', async () => {
    for (const query of ['{', '{ a }', '{ a }']) expect(await codes(query)).toHaveLength(1);
    expect(await codes('{ a }')).toEqual(['RATE_LIMITED']);
  });

  it('does not charge the document budget for a repeated document with other variables', async () => {
    const query = 'query ($n: Int!) { sessions(first: $n) { totalCount } }';
    for (let n = 1; n < 10; n += 1) {
      const answer = await send(service, { query, variables: { n } });
      expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    }
  });
});

describe('the document budget of a network', () => {
  it('shares the document budget among all transports', async () => {
    const service = await startTestService('embedded', LIMIT);
    const [[, overHttp], [, overWebSocket]] = EVERY_TRANSPORT as [
      (typeof EVERY_TRANSPORT)[0],
      (typeof EVERY_TRANSPORT)[0],
    ];
    for (const name of ['A', 'B', 'C']) await overHttp(service, { query: aDocument(name) });
    const codes = async (query: string) => codesOf(await overWebSocket(service, { query }));
    expect(await codes(aDocument('D'))).toEqual(['RATE_LIMITED']);
    expect(await codes(aDocument('A'))).toEqual([]);
    await service.stop();
  });

  it('keeps a separate document budget for each address', async () => {
    const service = await startTestService('embedded', { ...LIMIT, TRUSTED_PROXIES: 'loopback' });
    const ask = async (address: string, name: string) => {
      const response = await fetch(service.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ query: aDocument(name) }),
      });
      await response.text();
      return response;
    };
    for (const name of ['A', 'B', 'C']) await ask('203.0.113.1', name);
    const refused = await ask('203.0.113.1', 'D');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3500);
    expect((await ask('203.0.113.2', 'D')).status).toBe(200);
    // The document is known to be valid by now, for every client.
    expect((await ask('203.0.113.1', 'D')).status).toBe(200);
    await service.stop();
  });

  it('does not charge the document budget for unknown hashes of persisted queries', async () => {
    const service = await startTestService('embedded', LIMIT);
    const ask = async (body: object) => {
      const response = await fetch(service.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return codesOf((await response.json()) as object);
    };
    const unknown = { version: 1, sha256Hash: 'a'.repeat(64) };
    for (let time = 0; time < 5; time += 1) {
      const codes = await ask({ extensions: { persistedQuery: unknown } });
      expect(codes).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    }
    expect(await ask({ query: aDocument('A') })).toEqual([]);
    await service.stop();
  });

  it('charges the document budget once for each 10,000 characters of a document', () => {
    const budget = createDocumentBudget({ acts: 4, window: 60_000 }, () => 0);
    const spend = (length: number) => () => {
      budget.spend({ ipAddress: '203.0.113.1', userAgent: undefined }, length);
    };
    spend(10_000)();
    spend(20_001)();
    expect(refusalOf(spend(1))).toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('renews the document budget when its window has passed', () => {
    let now = 0;
    const budget = createDocumentBudget({ acts: 2, window: 60_000 }, () => now);
    const spend = () => {
      budget.spend({ ipAddress: '203.0.113.1', userAgent: undefined }, 100);
    };
    spend();
    now = 59_500;
    spend();
    expect(refusalOf(spend)).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 1 });
    now = 60_000;
    spend();
  });

  it('checks the document budget before a document is parsed or validated', () => {
    let validated = 0;
    const spy: ValidationRule = () => {
      validated += 1;
      return {};
    };
    const rules = createDocumentRules();
    const documents = createDocuments({
      schema: buildSchema('type Query { a: Int }'),
      rules: { ...rules, validationRules: [...rules.validationRules, spy] },
      budget: createDocumentBudget({ acts: 1, window: 60_000 }),
    });
    const source = { ipAddress: '203.0.113.1', userAgent: undefined };
    documents.prepare('{ a }', source);
    documents.prepare('{ a }', source);
    expect(refusalOf(() => documents.prepare('{ b: a }', source))).toMatchObject({
      code: 'RATE_LIMITED',
    });
    expect(validated).toBe(1);
  });
});

describe.each(EVERY_TRANSPORT)('errors in a document, over %s', (_name, send) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterAll(() => service.stop());

  it.each([
    ['a field that repeats', `{ ${'a '.repeat(400)} }`],
    ['fields that conflict', `{ ${'a: session { id } a: sessions { totalCount } '.repeat(30)} }`],
    ['operations of the same name', 'query A { a } '.repeat(80)],
    ['unknown fragments', `{ ${'...F '.repeat(200)} }`],
  ])(
    'lists five errors of an invalid document and one that says that validation was aborted: %s',
    async (_what, query) => {
      const codes = codesOf(await send(service, { query }));
      expect(codes).toEqual(Array.from({ length: 6 }, () => 'GRAPHQL_VALIDATION_FAILED'));
    },
  );

  it('quotes only the beginning of a long name in the error of a document', async () => {
    const { errors } = await send(service, { query: `{ ${'a'.repeat(50_000)} }` });
    expect(errors?.[0]?.message.length).toBeLessThan(1100);
  });
});
