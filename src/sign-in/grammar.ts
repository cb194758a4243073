/**
 * The rules of the grammar of EIP-4361 that it takes from elsewhere, as sources of regular expressions.
 * Each is named after the rule in its RFC. None has two ways to match the same text, so none takes more
 * than linear time.
 */

const HEXDIG = '[0-9A-Fa-f]';
const PCT_ENCODED = `%${HEXDIG}{2}`;
/** The unreserved characters and the sub-delims of RFC 3986, for use within brackets. */
const PLAIN = `A-Za-z0-9._~!$&'()*+,;=\\-`;
/** RFC 3986, `pchar`. */
export const PCHAR = `(?:[${PLAIN}:@]|${PCT_ENCODED})`;
const SEGMENTS = `(?:/${PCHAR}*)*`;

const DEC_OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = `${DEC_OCTET}(?:\\.${DEC_OCTET}){3}`;
const H16 = `${HEXDIG}{1,4}`;
const LS32 = `(?:${H16}:${H16}|${IPV4})`;
const IPV6 = [
  `(?:${H16}:){6}${LS32}`,
  `::(?:${H16}:){5}${LS32}`,
  `(?:${H16})?::(?:${H16}:){4}${LS32}`,
  `(?:(?:${H16}:){0,1}${H16})?::(?:${H16}:){3}${LS32}`,
  `(?:(?:${H16}:){0,2}${H16})?::(?:${H16}:){2}${LS32}`,
  `(?:(?:${H16}:){0,3}${H16})?::${H16}:${LS32}`,
  `(?:(?:${H16}:){0,4}${H16})?::${LS32}`,
  `(?:(?:${H16}:){0,5}${H16})?::${H16}`,
  `(?:(?:${H16}:){0,6}${H16})?::`,
].join('|');
const IPV_FUTURE = `[Vv]${HEXDIG}+\\.[${PLAIN}:]+`;
const USERINFO = `(?:[${PLAIN}:]|${PCT_ENCODED})*`;
/** A dotted IPv4 address is a reg-name, too. */
const REG_NAME = `(?:[${PLAIN}]|${PCT_ENCODED})*`;
const HOST = `(?:\\[(?:${IPV6}|${IPV_FUTURE})\\]|${REG_NAME})`;

/** RFC 3986, `scheme`. */
export const SCHEME = '[A-Za-z][A-Za-z0-9+.-]*';

/** RFC 3986, `authority`, with a port of at most five digits: there is no higher one. */
export const AUTHORITY = `(?:${USERINFO}@)?${HOST}(?::[0-9]{0,5})?`;

/** RFC 3986, `URI`: absolute, with its scheme. */
export const URI =
  `${SCHEME}:` +
  `(?://${AUTHORITY}${SEGMENTS}|/(?:${PCHAR}+${SEGMENTS})?|${PCHAR}+${SEGMENTS}|)` +
  `(?:\\?(?:${PCHAR}|[/?])*)?` +
  `(?:#(?:${PCHAR}|[/?])*)?`;

/** EIP-4361, `statement`: the reserved and unreserved characters of RFC 3986, and blanks. */
export const STATEMENT = `[${PLAIN} :/?#@\\[\\]]*`;

const STATEMENT_LINE = new RegExp(`^${STATEMENT}$`);

/** Whether EIP-4361 admits the text as a statement: no line break, no quotation mark, ASCII only. */
export function isStatement(text: string): boolean {
  return STATEMENT_LINE.test(text);
}

const DATE_TIME = new RegExp(
  '^([0-9]{4}-(?:0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))' +
    'T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\\.([0-9]+))?' +
    '(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))$',
  'i',
);

/**
 * RFC 3339, `date-time`, in milliseconds since the Unix epoch; `undefined` for any other text, for a day
 * that its month does not have, and for a leap second, which no clock here can hold it against.
 */
export function parseDateTime(text: string): number | undefined {
  const [, date, day, hour, minute, second, fraction = '', sign, aheadHours, aheadMinutes] =
    DATE_TIME.exec(text) ?? [];
  if (date === undefined) return undefined;
  const midnight = new Date(`${date}T00:00:00Z`);
  if (midnight.getUTCDate() !== Number(day)) return undefined;
  const ahead = minutes(aheadHours, aheadMinutes) * (sign === '-' ? -1 : 1);
  return (
    midnight.getTime() +
    (minutes(hour, minute) - ahead) * 60_000 +
    Number(second) * 1000 +
    Number(fraction.slice(0, 3).padEnd(3, '0'))
  );
}

function minutes(hours = '0', rest = '0'): number {
  return Number(hours) * 60 + Number(rest);
}
