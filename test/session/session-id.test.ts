import { isSessionId, newestFirst, newSessionId } from '../../src/sessions/session.js';

describe('a session id', () => {
  it('orders session ids by the time when the session was created', () => {
    const times = [0, 1, 35, 36, 1_600_000_000_000, 1_600_000_000_001, 36 ** 9 - 1];
    const ids = times.map(newSessionId);
    expect([...ids].sort()).toEqual(ids);
    const records = ids.map((id) => ({ id }));
    expect([...records].sort(newestFirst)).toEqual([...records].reverse());
  });

  it('creates unique session ids in the same millisecond', () => {
    const ids = Array.from({ length: 10_000 }, () => newSessionId(1_600_000_000_000));
    expect(new Set(ids).size).toBe(10_000);
    expect(ids.filter((id) => !isSessionId(id))).toEqual([]);
  });

  it.each(['', 'short', '0'.repeat(21), `${'0'.repeat(19)}+`])(
    'does not accept %j as a session id',
    (text) => {
      expect(isSessionId(text)).toBe(false);
    },
  );
});
