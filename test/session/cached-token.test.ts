import { isCachedToken, cacheToken } from '../../src/near-cache/near-cache.js';

describe('a token that is cached', () => {
  const TOKEN = 'wsa_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_';
  const cached = cacheToken(TOKEN);

  it('is recognized', () => {
    expect(isCachedToken(cached, TOKEN)).toBe(true);
  });

  it('is not taken for one that differs in one character, wherever that is', () => {
    for (let position = 0; position < TOKEN.length; position += 1) {
      for (const other of ['.', '\u0000', String.fromCharCode(256 + TOKEN.charCodeAt(position))]) {
        const changed = TOKEN.slice(0, position) + other + TOKEN.slice(position + 1);
        expect(isCachedToken(cached, changed)).toBe(false);
      }
    }
  });

  it('is not taken for one that is longer, shorter or empty', () => {
    for (const other of [`${TOKEN}A`, TOKEN.slice(0, -1), TOKEN.slice(1), '']) {
      expect(isCachedToken(cached, other)).toBe(false);
    }
    expect(isCachedToken(cacheToken(''), TOKEN)).toBe(false);
  });
});
