import { parseSessionKeys } from '../../src/index.js';

const SECRET = Buffer.alloc(32, 7);
const BASE64 = SECRET.toString('base64');

describe('parseSessionKeys', () => {
  it('reads what the service reads, newest first', () => {
    expect(parseSessionKeys(`new:${BASE64}, old:${BASE64}`)).toEqual([
      { id: 'new', secret: SECRET },
      { id: 'old', secret: SECRET },
    ]);
  });

  it.each<[string, string | undefined, RegExp]>([
    ['nothing', undefined, /are missing: .*keys generate/],
    ['no key', ' , ', /are missing/],
    ['a secret without an id', BASE64, /id:base64/],
    ['a short secret', 'new:c2hvcnQ=', /32 bytes or more/],
    ['two of one id', `a:${BASE64},a:${BASE64}`, /two keys of one id/],
  ])('refuses %s, and says what it must be', (_what, text, message) => {
    const parse = () => parseSessionKeys(text);
    expect(parse).toThrow(RangeError);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow(BASE64);
  });
});
