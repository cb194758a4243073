import { signIn } from '../harness/api.js';
import { openRawConnection } from '../harness/raw-connection.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aWallet } from '../harness/wallet.js';

/** More often than it takes to prepare a request. */
const OFTEN = 3;
const BODY = JSON.stringify({ query: '{ session { id userAgent } }' });

describe('an answer that the service sends in one write', () => {
  let service: TestService;
  let accessToken: string;
  beforeAll(async () => {
    service = await startTestService('embedded');
    accessToken = (await signIn(service.url)).accessToken;
  });
  afterAll(() => service.stop());

  const auth = (headers = '', version = '1.1', method = 'GET') =>
    `${method} /auth HTTP/${version}\r\nhost: localhost\r\nauthorization: Bearer ${accessToken}\r\n${headers}\r\n`;
  const query = (headers = '') =>
    `POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${accessToken}\r\n` +
    `content-type: application/json\r\ncontent-length: ${BODY.length}\r\n${headers}\r\n${BODY}`;

  /** Sends requests over one connection at once and returns the text of as many answers. */
  async function send(requests: readonly string[], last = 'last-request'): Promise<string> {
    const connection = await openRawConnection(service.url);
    await connection.write([...requests, auth(`x-request-id: ${last}\r\n`)].join(''));
    const text = await connection.received(new RegExp(`x-request-id: ${last}[^]*\r\n\r\n`));
    connection.socket.destroy();
    return text;
  }

  /** The header lines of the first answer in a text, sorted, without those about the time and the connection. */
  function linesOf(text: string): string[] {
    const [head = ''] = text.split('\r\n\r\n');
    return head
      .split('\r\n')
      .map((line) => line.replace(/^[\w-]+:/, (name) => name.toLowerCase()))
      .filter((line) => !/^(?:date|connection|keep-alive):/.test(line))
      .sort();
  }

  it.each([
    ['GET /auth', auth],
    ['a prepared query', query],
  ])(
    'has the headers that the answer to %s has if the connection closes after it',
    async (_of, request) => {
      const id = 'x-request-id: the-same-id\r\n';
      for (let time = 0; time < OFTEN; time += 1) await send([query()]);
      const closing = await openRawConnection(service.url);
      await closing.write(request(`${id}connection: close\r\n`));
      const closed = await closing.closed;
      const kept = await send([request(id)]);
      expect(linesOf(kept)).toEqual(linesOf(closed));
      expect(kept).toMatch(/^connection: keep-alive\r\nkeep-alive: timeout=75\r\n/im);
      expect(closed).toMatch(/^connection: close\r\n/im);
      expect(kept.split('\r\n\r\n')[1]?.startsWith(closed.split('\r\n\r\n')[1] ?? '')).toBe(true);
    },
  );

  it('is sent after the answers to the earlier requests of a pipeline', async () => {
    const ids = ['request-1', 'request-2', 'request-3', 'request-4'];
    const [first, second, third, fourth] = ids.map((id) => `x-request-id: ${id}\r\n`);
    const text = await send([auth(first), query(second), auth(third), query(fourth)]);
    expect([...text.matchAll(/x-request-id: (request-\d)/g)].map(([, id]) => id)).toEqual(ids);
  });

  it('closes the connection of a client of HTTP/1.0 and of one that expects to send a body', async () => {
    for (const request of [
      auth('', '1.0'),
      auth('expect: 100-continue\r\ncontent-length: 1\r\n'),
    ]) {
      const connection = await openRawConnection(service.url);
      await connection.write(request);
      const text = await connection.closed;
      expect(text).toMatch(/^HTTP\/1\.1 204 No Content\r\n[^]*connection: close\r\n/i);
    }
  });

  it('arrives complete if its body is not ASCII', async () => {
    const device = 'Téléphone 電話';
    const granted = await signIn(service.url, aWallet(), { device });
    for (let time = 0; time < OFTEN; time += 1) {
      const answer = await fetch(service.url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${granted.accessToken}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ query: '{ session { device } }' }),
      });
      expect(await answer.json()).toEqual({ data: { session: { device } } });
    }
  });
});
