import { printable, printableJson, visibleText, withEscapes } from '../../src/visible-text.js';

/** Characters that change how other text is displayed, or are invisible. */
const UNSAFE: [name: string, character: string][] = [
  ['NUL', '\u0000'],
  ['ESC', '\u001b'],
  ['DEL', '\u007f'],
  ['CSI, a C1 control', '\u009b'],
  ['OSC, a C1 control', '\u009d'],
  ['a soft hyphen', '\u00ad'],
  ['the Arabic letter mark', '\u061c'],
  ['a zero-width space', '\u200b'],
  ['a zero-width non-joiner between Latin letters', '\u200c'],
  ['a zero-width joiner between Latin letters', '\u200d'],
  ['the left-to-right mark', '\u200e'],
  ['the right-to-left mark', '\u200f'],
  ['the right-to-left override', '\u202e'],
  ['a left-to-right embedding', '\u202a'],
  ['a pop of directional formatting', '\u202c'],
  ['a word joiner', '\u2060'],
  ['a first strong isolate', '\u2068'],
  ['a pop of a directional isolate', '\u2069'],
  ['a byte order mark', '\ufeff'],
  ['a Hangul filler', '\u3164'],
  ['a variation selector without an emoji', '\ufe00'],
  ['a supplementary variation selector', '\u{e0101}'],
  ['a tag letter', '\u{e0041}'],
  ['a tag end', '\u{e007f}'],
  ['a private-use character', '\ue000'],
  ['a noncharacter', '\ufffe'],
  ['a lone high surrogate', '\ud83d'],
  ['a lone low surrogate', '\udca9'],
];

describe('text from other people', () => {
  it.each(UNSAFE)('removes %s from visible text', (_name, character) => {
    expect(visibleText(`Pho${character}ne`)).toBe('Phone');
    expect(visibleText(character)).toBe('');
  });

  it.each(UNSAFE)('prints U+FFFD in place of %s', (_name, character) => {
    expect(printable(`Pho${character}ne`)).toBe('Pho\u{fffd}ne');
  });

  it.each(UNSAFE)('escapes %s in JSON without changing the parsed value', (_name, character) => {
    const value = { device: `Pho${character}ne` };
    const json = printableJson(value);
    expect(json).toMatch(/^[ -~]*$/);
    expect(JSON.parse(json)).toEqual(value);
  });

  it.each([
    ['a line feed', '\n'],
    ['a carriage return and a line feed', '\r\n'],
    ['a tab', '\t'],
    ['NEL', '\u0085'],
    ['a line separator', '\u2028'],
    ['a paragraph separator', '\u2029'],
  ])('replaces %s by a space in visible text', (_name, characters) => {
    expect(visibleText(`My${characters}phone`)).toBe('My phone');
  });

  it.each([
    ['ASCII', 'iPhone 15 (work) ~'],
    ['accents', 'Jürgens Gerät'],
    ['Arabic', 'هاتف أحمد'],
    ['Persian with a zero-width non-joiner', 'می\u200cخواهم'],
    ['Devanagari with a zero-width joiner', 'क्\u200dष'],
    ['Chinese', '我的手机'],
    ['an emoji', '📱'],
    ['an emoji of several parts', '👩🏽\u200d💻'],
    ['an emoji with a variation selector', '❤\ufe0f'],
    ['a flag', '🇩🇪'],
  ])('leaves visible text unchanged when it contains only %s', (_name, text) => {
    expect(visibleText(text)).toBe(text);
  });

  it('normalizes visible text to NFC, so that names that look the same are the same', () => {
    expect(visibleText('Gera\u0308t')).toBe('Gerät');
  });

  it('keeps the line feeds between JSON values while it escapes unsafe characters', () => {
    expect(withEscapes('{"a":1}\n{"b":"\u202e"}\n')).toBe('{"a":1}\n{"b":"\\u202e"}\n');
  });
});
