import { isCachedToken, cacheToken } from '../../src/near-cache/near-cache.js';

describe('a cached token', () => {
  const TOKEN = 'wsa_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_';
  const cached = cacheToken(TOKEN);

  it('recognizes a cached token', () => {
    expect(isCachedToken(cached, TOKEN)).toBe(true);
  });

  it('does not take a token that differs in any one character for a cached one', () => {
    for (let position = 0; position < TOKEN.length; position += 1) {
      for (const other of ['.', '\u0000', String.fromCharCode(256 + TOKEN.charCodeAt(position))]) {
        const changed = TOKEN.slice(0, position) + other + TOKEN.slice(position + 1);
        expect(isCachedToken(cached, changed)).toBe(false);
      }
    }
  });

  it('does not take a longer, shorter or empty token for a cached one', () => {
    for (const other of [`${TOKEN}A`, TOKEN.slice(0, -1), TOKEN.slice(1), '']) {
      expect(isCachedToken(cached, other)).toBe(false);
    }
    expect(isCachedToken(cacheToken(''), TOKEN)).toBe(false);
  });
});
