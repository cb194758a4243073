/** Tokens, signatures (at least 64 bytes in hexadecimal) and nonces of this service. */
const SECRETS = /ws[ar]_[\w-]{20,}|\b0x[0-9a-f]{128,}|\b[0-9a-f]{32}\b/gi;

/** Redis quotes unknown commands in errors; if `AUTH` was renamed, the quote contains the password. */
const QUOTED_COMMAND = /(with args beginning with: ).+/g;

/**
 * Replaces everything that looks like a secret: for texts from other sources, such as messages of libraries, which may
 * quote their input.
 */
export function withoutSecrets(text: string): string {
  return text.replace(SECRETS, '[redacted]').replace(QUOTED_COMMAND, '$1[redacted]');
}
