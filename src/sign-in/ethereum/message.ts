import { addressOf } from '../../accounts/account-id.js';
import { parseChecksummed, parseLowerCase } from '../../accounts/eip155.js';
import {
  AUTHORITY,
  malformed,
  PCHAR,
  readLines,
  SCHEME,
  STATEMENT,
  URI,
  whole,
  type Lines,
} from '../grammar.js';
import type { MessageParts, SignInMessage } from '../kind.js';
import { readRecap } from './recap.js';

const EIP_4361 = 'EIP-4361';

export const GREETING = ' wants you to sign in with your Ethereum account:';

const HEADER = whole(`(?:(${SCHEME})://)?(${AUTHORITY})${GREETING}`);
const STATEMENT_LINE = whole(STATEMENT);
const ABSOLUTE_URI = whole(URI);
const VERSION = whole('1');
const CHAIN_ID = whole('(?:0|[1-9][0-9]{0,15})');
const NONCE = whole('[A-Za-z0-9]{8,}');
const REQUEST_ID = whole(`${PCHAR}+`);

/**
 * Parses a message by the grammar of EIP-4361. The address must have its EIP-55 checksum or, as hardware wallets and
 * one-step wallets write it, be in lower case. The statement must describe a ReCap (ERC-5573). Also refuses ambiguous or
 * meaningless values that the grammar allows: a chain id with a leading zero or beyond the safe integers, an empty request
 * id, the second 60, a port of more than five digits.
 * @throws WalletSessionsError `MESSAGE_MALFORMED`, with the line and what is wrong with it
 */
export function parseEthereumMessage(text: string): SignInMessage {
  const lines = readLines(text, EIP_4361);
  const [, scheme, domain] = HEADER.exec(lines.read()) ?? [];
  if (!domain) throw lines.wrong(`should be a domain and "${GREETING}"`);
  const written = lines.read();
  const address = parseChecksummed(written) ?? parseLowerCase(written);
  if (address === undefined) {
    throw lines.wrong('should be an address with its EIP-55 checksum, or in lower case');
  }
  const statement = readStatement(lines);
  const uri = lines.field('URI: ', ABSOLUTE_URI);
  lines.field('Version: ', VERSION);
  const reference = lines.field('Chain ID: ', CHAIN_ID);
  if (!Number.isSafeInteger(Number(reference)))
    throw lines.wrong('holds a number that is too large');
  const nonce = lines.field('Nonce: ', NONCE);
  const issuedAt = lines.time('Issued At: ');
  const expirationTime = lines.optionalTime('Expiration Time: ');
  const notBefore = lines.optionalTime('Not Before: ');
  lines.optionalField('Request ID: ', REQUEST_ID);
  const resources = lines.upcoming === 'Resources:' ? readResources(lines) : [];
  lines.end();
  const recap = readRecap(statement, resources);
  if (recap !== undefined && 'wrong' in recap) throw malformed(EIP_4361, `it ${recap.wrong}`);
  return {
    text,
    scheme,
    domain,
    account: `eip155:0:${address}`,
    uri,
    chainId: `eip155:${reference}`,
    nonce,
    issuedAt,
    expirationTime,
    notBefore,
    capabilities: recap?.capabilities,
  };
}

/** Reads a statement between two empty lines. Without a statement, the two empty lines remain. */
function readStatement(lines: Lines): string {
  lines.blank();
  const statement = lines.field('', STATEMENT_LINE);
  // Three empty lines are an empty statement between two.
  if (statement !== '' || lines.upcoming === '') lines.blank();
  return statement;
}

function readResources(lines: Lines): string[] {
  lines.read();
  const resources: string[] = [];
  while (lines.upcoming !== undefined) resources.push(lines.field('- ', ABSOLUTE_URI));
  return resources;
}

const EIP155 = 'eip155:';

/** Writes a message that is ready to sign. */
export function writeEthereumMessage(parts: MessageParts): string {
  const { origin, account, statement, chainId, nonce } = parts;
  return [
    `${new URL(origin).host}${GREETING}`,
    addressOf(account),
    '',
    statement,
    '',
    `URI: ${origin}`,
    'Version: 1',
    `Chain ID: ${chainId.slice(EIP155.length)}`,
    `Nonce: ${nonce}`,
    `Issued At: ${new Date(parts.issuedAt).toISOString()}`,
    `Expiration Time: ${new Date(parts.expirationTime).toISOString()}`,
  ].join('\n');
}
