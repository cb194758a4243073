import { createPlaces, PLACE_TIMEOUT, type DescribePlace } from '../../src/lifecycle/places.js';
import { createFetchApi } from '../../src/fetch/index.js';
import { embedWalletSessions } from '../harness/application.js';
import { createFakeClock } from '../harness/clock.js';
import { restClient, signInByRest } from '../harness/rest.js';
import { ORIGIN } from '../harness/sign-in-message.js';

describe('the place of a session', () => {
  function open(describePlace: DescribePlace) {
    const clock = createFakeClock();
    const reported: unknown[] = [];
    const asked: string[] = [];
    const placeOf = createPlaces({
      describePlace: (ipAddress) => {
        asked.push(ipAddress);
        return describePlace(ipAddress);
      },
      clock,
      report: (error) => reported.push(error),
    });
    return { placeOf, clock, reported, asked };
  }
  const session = { ipAddress: '192.0.2.1' };

  it.each<[string, DescribePlace]>([
    ['returns', () => 'Berlin, Germany'],
    ['resolves to', () => Promise.resolve('Berlin, Germany')],
  ])('is what the function of the application %s', async (_how, describePlace) => {
    const { placeOf, asked } = open(describePlace);
    expect(await placeOf(session)).toBe('Berlin, Germany');
    expect(asked).toEqual(['192.0.2.1']);
  });

  it('is unknown, without a question, for a session whose address is unknown', async () => {
    const { placeOf, asked } = open(() => 'Berlin, Germany');
    expect(await placeOf({ ipAddress: undefined })).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('is asked for once in ten minutes for each address', async () => {
    const { placeOf, clock, asked } = open((ipAddress) => `near ${ipAddress}`);
    await Promise.all([placeOf(session), placeOf(session), placeOf({ ipAddress: '192.0.2.2' })]);
    clock.advance(599_999);
    expect(await placeOf(session)).toBe('near 192.0.2.1');
    expect(asked).toEqual(['192.0.2.1', '192.0.2.2']);
    clock.advance(1);
    await placeOf(session);
    expect(asked).toHaveLength(3);
  });

  it('is unknown in a list that would wait for more than a second, and known in the next list', async () => {
    const { promise, resolve } = deferred<string>();
    const { placeOf, clock, asked } = open(() => promise);
    const late = placeOf(session);
    clock.advance(PLACE_TIMEOUT);
    expect(await late).toBeUndefined();
    resolve('Berlin, Germany');
    expect(await placeOf(session)).toBe('Berlin, Germany');
    expect(asked).toHaveLength(1);
  });

  it.each<[string, DescribePlace]>([
    [
      'throws',
      () => {
        throw new Error('no database');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no database'))],
    ['returns something else', () => ({ city: 'Berlin' }) as never],
  ])(
    'is unknown, and asked for again, if the function %s; the first failure is reported',
    async (_how, describePlace) => {
      const { placeOf, reported, asked } = open(describePlace);
      expect(await placeOf(session)).toBeUndefined();
      expect(await placeOf(session)).toBeUndefined();
      expect(asked).toHaveLength(2);
      expect(reported).toHaveLength(1);
    },
  );

  it('is at most 100 characters long', async () => {
    const { placeOf } = open(() => 'x'.repeat(1000));
    expect(await placeOf(session)).toHaveLength(100);
  });

  it('is in the list of sessions of the REST API; the function is not called for other requests', async () => {
    const asked: string[] = [];
    const walletSessions = await embedWalletSessions('embedded', {
      describePlace: (ipAddress) => {
        asked.push(ipAddress);
        return 'Berlin, Germany';
      },
    });
    const { handler } = createFetchApi(walletSessions);
    const send = restClient((request) => handler(request, { ip: '192.0.2.1' }), `${ORIGIN}/api`);
    const { body } = await signInByRest(send);
    const headers = { authorization: `Bearer ${String(body['accessToken'])}` };
    await send('/session', undefined, { headers });
    await send('/refresh', { refreshToken: body['refreshToken'] });
    expect(asked).toEqual([]);

    const again = await signInByRest(send);
    const token = `Bearer ${String(again.body['accessToken'])}`;
    const list = await send('/sessions', undefined, { headers: { authorization: token } });
    expect(list.body).toMatchObject({ sessions: [{ place: 'Berlin, Germany' }] });
    expect(asked).toEqual(['192.0.2.1']);
    await walletSessions.close();
  });
});

function deferred<Value>() {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
