/**
 * A character that a text for people must not bring along, because it changes how other text is shown, or is not shown
 * itself: controls (C0, and C1, which terminals obey too), bidirectional marks (CVE-2021-42574, "Trojan Source"), line
 * and paragraph separators, unpaired surrogates, tags, and everything else that Unicode ignores by default or has not
 * assigned. The variation selectors of emoji and of text style, and emoji that are yet to come, are not among them.
 */
const UNSAFE =
  '(?!\\p{Extended_Pictographic}|[\\ufe0e\\ufe0f])[\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]';

const EVERY_UNSAFE = new RegExp(UNSAFE, 'gu');

/** What joiners may stand between: parts of an emoji, and letters of the scripts that need them. */
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

/** Most texts are plain: they need no more than one look. */
const NOT_PLAIN = /[^ -~]/;

/** The text in one line, without unsafe characters, in Unicode's composed form (NFC). */
export function visibleText(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  return text.replace(EVERY_BREAK, ' ').replace(EVERY_HIDDEN, '').normalize('NFC');
}

/** The text with U+FFFD in place of each unsafe character, so that it can be seen that there was one. */
export function printable(text: string): string {
  return NOT_PLAIN.test(text) ? text.replace(EVERY_UNSAFE, '\u{fffd}') : text;
}

/** As JSON in one line with each unsafe character as `\uXXXX`: it means the same, and can be shown. */
export function printableJson(value: unknown): string {
  return withEscapes(JSON.stringify(value));
}

/** JSON in which unsafe characters are escaped. Line feeds, which JSON has between values alone, are left. */
export function withEscapes(json: string): string {
  if (!/[^ -~\n]/.test(json)) return json;
  return json.replace(EVERY_UNSAFE, (found) => (found === '\n' ? found : escaped(found)));
}

/** By UTF-16 code units, as JSON has it (RFC 8259, section 7). */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}
