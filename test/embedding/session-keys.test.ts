import { parseSessionKeys } from '../../src/index.js';

const SECRET = Buffer.alloc(32, 7);
const BASE64 = SECRET.toString('base64');

describe('parseSessionKeys', () => {
  it('parses session keys in the format of SESSION_KEYS, newest first', () => {
    expect(parseSessionKeys(`new:${BASE64}, old:${BASE64}`)).toEqual([
      { id: 'new', secret: SECRET },
      { id: 'old', secret: SECRET },
    ]);
  });

  it.each<[string, string | undefined, RegExp]>([
    ['a missing value', undefined, /are missing: .*keys generate/],
    ['an empty list', ' , ', /are missing/],
    ['a secret without an id', BASE64, /id:base64/],
    ['a short secret', 'new:c2hvcnQ=', /32 bytes or more/],
    ['two keys with the same id', `a:${BASE64},a:${BASE64}`, /two keys of one id/],
  ])(
    'rejects %s as session keys and states the expected form without repeating a secret',
    (_what, text, message) => {
      const parse = () => parseSessionKeys(text);
      expect(parse).toThrow(RangeError);
      expect(parse).toThrow(message);
      expect(parse).not.toThrow(BASE64);
    },
  );
});
