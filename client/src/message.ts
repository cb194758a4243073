/** The fields of a sign-in message (EIP-4361, CAIP-122). A `Challenge` has all of them but `address`. */
export interface MessageFields {
  /** The host of `uri`, with its port if it has one. */
  readonly domain: string;
  /** The account that signs: 0x and 40 digits, with the EIP-55 checksum or in lower case; for Solana, base58 of 32 bytes. */
  readonly address: string;
  readonly uri: string;
  /** Printable ASCII in one line. Default: none. */
  readonly statement?: string | null | undefined;
  /** A CAIP-2 id, `eip155:1` or `solana:mainnet`, or the number of an Ethereum chain. */
  readonly chainId: number | string;
  readonly nonce: string;
  /** ISO 8601, as all times here. */
  readonly issuedAt: string;
  /** The end of the nonce's life. Default: none in the message. */
  readonly expiresAt?: string | null | undefined;
  /** Default: none. */
  readonly notBefore?: string | undefined;
}

/**
 * Writes the text of a sign-in message: by EIP-4361, ready for `personal_sign`, or for a chain of Solana as wallets write it for
 * `solana:signIn`.
 */
export function writeMessage(fields: MessageFields): string {
  const { domain, address, statement, expiresAt, notBefore } = fields;
  const isSolana = String(fields.chainId).startsWith('solana:');
  // Without a statement, EIP-4361 has two empty lines, and Solana one.
  const blankLines = isSolana ? [''] : ['', ''];
  return [
    `${domain} wants you to sign in with your ${isSolana ? 'Solana' : 'Ethereum'} account:`,
    address,
    ...(statement ? ['', statement, ''] : blankLines),
    `URI: ${fields.uri}`,
    'Version: 1',
    `Chain ID: ${String(fields.chainId).replace(/^eip155:/, '')}`,
    `Nonce: ${fields.nonce}`,
    `Issued At: ${fields.issuedAt}`,
    ...(expiresAt ? [`Expiration Time: ${expiresAt}`] : []),
    ...(notBefore === undefined ? [] : [`Not Before: ${notBefore}`]),
  ].join('\n');
}
