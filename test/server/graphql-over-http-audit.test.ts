import { serverAudits } from 'graphql-http';
import { startTestService, type TestService } from '../harness/service.js';

/**
 * GETs that a form or a link could send. Apollo Server's CSRF prevention forbids them, and these three
 * "MAY" rules with them: a request without a preflight must not run anything.
 */
const FORBIDDEN_BY_CSRF_PREVENTION = [
  '5A70', // MAY accept application/x-www-form-urlencoded formatted GET requests
  'D6D5', // MAY allow URL-encoded JSON string {variables} in GETs, application/graphql-response+json
  '6A70', // MAY allow URL-encoded JSON string {variables} in GETs, application/json
];

// The audits name themselves without a server; `url` is read when one runs.
let service: TestService | undefined;
const audits = serverAudits({ url: () => service?.url ?? '', fetchFn: fetch });

const those = (kind: string) => audits.filter(({ name }) => name.startsWith(kind));

const MODES = [
  ['sent for the first time', { PREPARED_REQUESTS: '0' }, []],
  ['sent again', { PREPARED_REQUESTS: '1000' }, audits],
] as const;

describe.each(MODES)('the audits of graphql-http, with requests %s', (_when, mode, before) => {
  beforeAll(async () => {
    service = await startTestService('Redis', mode);
    for (const audit of before) await audit.fn();
  });
  afterAll(() => service?.stop());

  it('audits 13 MUST, 23 SHOULD and 25 MAY rules of GraphQL over HTTP', () => {
    expect([those('MUST').length, those('SHOULD').length, those('MAY').length]).toEqual([
      13, 23, 25,
    ]);
  });

  it.each(
    audits
      .filter(({ id }) => !FORBIDDEN_BY_CSRF_PREVENTION.includes(id))
      .map((audit) => [audit.id, audit.name, audit] as const),
  )('passes audit %s of GraphQL over HTTP: %s', async (_id, _name, audit) => {
    const result = await audit.fn();
    expect(result).toMatchObject({ status: 'ok' });
  });

  it.each(FORBIDDEN_BY_CSRF_PREVENTION)(
    'answers 400 in audit %s of GraphQL over HTTP, because its request could come from another site',
    async (id) => {
      const result = await audits.find((audit) => audit.id === id)?.fn();
      expect(result).toMatchObject({ status: 'notice', response: { status: 400 } });
    },
  );
});
