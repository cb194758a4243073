/**
 * Matches characters that are unsafe in displayed text, because they are invisible or change how other text is displayed:
 * controls (C0, and C1, which terminals also obey), bidirectional marks (CVE-2021-42574, "Trojan Source"), line and
 * paragraph separators, unpaired surrogates, tags, and all other default-ignorable or unassigned code points. Variation
 * selectors of emoji and text style, and code points that are reserved for future emoji, are allowed.
 */
const UNSAFE =
  '(?!\\p{Extended_Pictographic}|[\\ufe0e\\ufe0f])[\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]';

const EVERY_UNSAFE = new RegExp(UNSAFE, 'gu');

/** Where joiners are allowed: between parts of an emoji, and between letters of scripts that need them. */
const SCRIPTS = [
  'Arab',
  'Syrc',
  'Deva',
  'Beng',
  'Guru',
  'Gujr',
  'Orya',
  'Taml',
  'Telu',
  'Knda',
  'Mlym',
  'Sinh',
];
const JOINED = `[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f${SCRIPTS.map((name) => `\\p{scx=${name}}`).join('')}]`;
const EVERY_HIDDEN = new RegExp(`(?!(?<=${JOINED})[\\u200c\\u200d](?=${JOINED}))${UNSAFE}`, 'gu');

const EVERY_BREAK = /[\t-\r\u0085\u2028\u2029]+/g;

/** Fast path: most strings contain only plain characters. */
const NOT_PLAIN = /[^ -~]/;

/** Returns the text in one line, without unsafe characters, in Unicode Normalization Form C. */
export function visibleText(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  return text.replace(EVERY_BREAK, ' ').replace(EVERY_HIDDEN, '').normalize('NFC');
}

/** Replaces each unsafe character with U+FFFD, so that readers see that there was one. */
export function printable(text: string): string {
  return NOT_PLAIN.test(text) ? text.replace(EVERY_UNSAFE, '\u{fffd}') : text;
}

/** Returns JSON in one line in which unsafe characters are escaped as `\uXXXX`. It has the same meaning. */
export function printableJson(value: unknown): string {
  return withEscapes(JSON.stringify(value));
}

/** Escapes unsafe characters in JSON text. Keeps line feeds, which occur only between values. */
export function withEscapes(json: string): string {
  if (!/[^ -~\n]/.test(json)) return json;
  return json.replace(EVERY_UNSAFE, (found) => (found === '\n' ? found : escaped(found)));
}

/** Escapes each UTF-16 code unit (RFC 8259, section 7). */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}
