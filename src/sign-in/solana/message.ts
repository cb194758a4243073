import {
  addressOf,
  parseAccountId,
  parseChainId,
  type ChainId,
} from '../../accounts/account-id.js';
import { AUTHORITY, malformed, PCHAR, readLines, URI, whole, type Lines } from '../grammar.js';
import type { MessageParts, SignInMessage } from '../kind.js';
import { readEnvelope } from './off-chain-message.js';

const STANDARD = 'Sign In With Solana (CAIP-122)';

export const GREETING = ' wants you to sign in with your Solana account:';

/** The cluster of a message without `Chain ID`, if no cluster is configured. */
const MAINNET: ChainId = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';

/** The length of a genesis hash in base58. Its first 32 characters are the CAIP-2 reference. */
const GENESIS_HASH = /^[1-9A-HJ-NP-Za-km-z]{43,44}$/;

const HEADER = whole(`(${AUTHORITY})${GREETING}`);
const ABSOLUTE_URI = whole(URI);
const VERSION = whole('1');
const CLUSTER = whole('[-:A-Za-z0-9]{1,64}');
const NONCE = whole('[A-Za-z0-9]{8,}');
const REQUEST_ID = whole(`${PCHAR}+`);

/** No control characters, nothing that changes how other text is shown, and no lone surrogates, which UTF-8 cannot encode. */
const STATEMENT_LINE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u;

/**
 * Parses a message as wallets write it for `solana:signIn`: the text of CAIP-122 with the `solana` profile. The fields
 * that replay and phishing are detected by are required: domain, URI, version, nonce and issued-at. The statement may have
 * several lines; the fields begin after the first empty line that is followed by `URI: `, and nothing may follow them.
 * @param given the text, or the bytes of an off-chain message in hexadecimal ({@link readEnvelope})
 * @param chainIds the allowed clusters; the first one is that of a message without `Chain ID`
 * @throws WalletSessionsError `MESSAGE_MALFORMED`, with the line and what is wrong with it
 */
export function parseSolanaMessage(given: string, chainIds: readonly ChainId[]): SignInMessage {
  const envelope = readEnvelope(given);
  const text = envelope?.text ?? given;
  const lines = readLines(text, STANDARD);
  const [, domain] = HEADER.exec(lines.read()) ?? [];
  if (!domain) throw lines.wrong(`should be a domain and "${GREETING}"`);
  const address = lines.read();
  if (parseAccountId(`${MAINNET}:${address}`) === undefined) {
    throw lines.wrong('should be an address: base58 of 32 bytes');
  }
  if (envelope !== undefined && envelope.signer !== address) {
    throw malformed(STANDARD, 'the signer of the off-chain message is not the address in its text');
  }
  skipStatement(lines);
  const uri = lines.field('URI: ', ABSOLUTE_URI);
  lines.field('Version: ', VERSION);
  const cluster = lines.optionalField('Chain ID: ', CLUSTER);
  const chainId = cluster === undefined ? (chainIds[0] ?? MAINNET) : chainOf(cluster);
  if (chainId === undefined) throw lines.wrong('does not name a cluster');
  const nonce = lines.field('Nonce: ', NONCE);
  const issuedAt = lines.time('Issued At: ');
  const expirationTime = lines.optionalTime('Expiration Time: ');
  const notBefore = lines.optionalTime('Not Before: ');
  lines.optionalField('Request ID: ', REQUEST_ID);
  if (lines.upcoming === 'Resources:') skipResources(lines);
  lines.end();
  const account = `${chainId}:${address}` as const;
  return {
    text: given,
    domain,
    account,
    uri,
    chainId,
    nonce,
    issuedAt,
    expirationTime,
    notBefore,
  };
}

/** Reads `mainnet`, `solana:mainnet`, a CAIP-2 reference or id, and a whole genesis hash. */
function chainOf(cluster: string): ChainId | undefined {
  const reference = cluster.startsWith('solana:') ? cluster.slice('solana:'.length) : cluster;
  return parseChainId(
    `solana:${GENESIS_HASH.test(reference) ? reference.slice(0, 32) : reference}`,
  );
}

/** Between the address and the fields: one empty line, or a statement between two. A statement is not only empty lines. */
function skipStatement(lines: Lines): void {
  lines.blank();
  if (lines.upcoming?.startsWith('URI: ')) return;
  for (let hasText = false; ;) {
    const line = lines.field('', STATEMENT_LINE);
    if (line === '' && lines.upcoming?.startsWith('URI: ')) {
      if (hasText) return;
      throw lines.wrong('should be a statement or the URI');
    }
    hasText ||= line !== '';
  }
}

function skipResources(lines: Lines): void {
  lines.read();
  while (lines.upcoming !== undefined) lines.field('- ', ABSOLUTE_URI);
}

/** Writes a message that is ready to sign, as `solana:signIn` of a wallet would. */
export function writeSolanaMessage(parts: MessageParts): string {
  const { origin, account, statement, chainId, nonce } = parts;
  return [
    `${new URL(origin).host}${GREETING}`,
    addressOf(account),
    ...(statement === '' ? [] : ['', statement]),
    '',
    `URI: ${origin}`,
    'Version: 1',
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${new Date(parts.issuedAt).toISOString()}`,
    `Expiration Time: ${new Date(parts.expirationTime).toISOString()}`,
  ].join('\n');
}
