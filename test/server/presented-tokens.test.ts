import { MessageType } from 'graphql-ws';
import { signIn } from '../harness/api.js';
import { openRawSocket } from '../harness/raw-socket.js';
import { startTestService, type TestService } from '../harness/service.js';

const MISSING = [
  ['Bearer undefined', 'The access token is "undefined", a missing value.'],
  ['Bearer null', 'The access token is "null", a missing value.'],
  ['Bearer [object Promise]', 'The access token is "[object Promise]", a missing value.'],
  ['Bearer ', 'The access token is empty.'],
] as const;

describe('an access token', () => {
  let service: TestService;
  let sessionId: string;
  let bearer: string;
  beforeAll(async () => {
    service = await startTestService('embedded');
    const { session, accessToken } = await signIn(service.url);
    sessionId = session.id;
    bearer = `Bearer ${accessToken}`;
  });
  afterAll(() => service.stop());

  const open = async (connectionParams: unknown) => {
    const socket = await openRawSocket(service.webSocketUrl);
    socket.send({ type: MessageType.ConnectionInit, payload: connectionParams });
    return socket;
  };

  it.each<[string, (authorization: string) => object]>([
    ['authorization', (authorization) => ({ authorization })],
    ['Authorization', (authorization) => ({ Authorization: authorization })],
    ['headers.authorization', (authorization) => ({ headers: { authorization } })],
    ['headers.Authorization', (authorization) => ({ headers: { Authorization: authorization } })],
    [
      'headers.AUTHORIZATION beside a null',
      (authorization) => ({ authorization: null, headers: { AUTHORIZATION: authorization } }),
    ],
  ])(
    'opens a WebSocket with an access token in %s of connectionParams',
    async (_where, paramsOf) => {
      const socket = await open(paramsOf(bearer));
      expect(await socket.next()).toEqual({ type: MessageType.ConnectionAck });
      const payload = { query: '{ session { id } }' };
      socket.send({ id: '1', type: MessageType.Subscribe, payload });
      expect(await socket.next()).toMatchObject({
        payload: { data: { session: { id: sessionId } } },
      });
      socket.send({ type: MessageType.Ping, payload: paramsOf(bearer) });
      let answer: unknown = await socket.next();
      while ((answer as { type: string }).type !== (MessageType.Pong as string))
        answer = await socket.next();
      expect(answer).toMatchObject({ payload: { accepted: true } });
    },
  );

  it.each(MISSING)(
    'closes a WebSocket whose access token is missing with a reason that says so: %s',
    async (authorization, reason) => {
      for (const params of [{ authorization }, { headers: { Authorization: authorization } }]) {
        const { closed } = await open(params);
        const advice = `${reason} Send authorization only with a token.`;
        expect(await closed).toEqual({ code: 4403, reason: advice });
      }
    },
  );

  it('closes a WebSocket whose authorization lacks "Bearer" with a reason that names the expected form', async () => {
    for (const authorization of [bearer.slice('Bearer '.length), 7, '']) {
      const { closed } = await open({ authorization });
      const reason = 'authorization must be "Bearer" or "DPoP" and an access token.';
      expect(await closed).toEqual({ code: 4403, reason });
    }
  });

  it.each(MISSING)(
    'answers UNAUTHENTICATED over HTTP with a message about the missing access token: %s',
    async (authorization, message) => {
      const answer = await fetch(service.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query: '{ sessions { totalCount } }' }),
      });
      expect(await answer.json()).toMatchObject({
        errors: [
          {
            message: expect.stringContaining(message) as string,
            extensions: { code: 'UNAUTHENTICATED' },
          },
        ],
      });
    },
  );
});
