/** Tokens, signatures (64 bytes or more, in hexadecimal) and nonces, as this service makes or takes them. */
const SECRETS = /ws[ar]_[\w-]{20,}|\b0x[0-9a-f]{128,}|\b[0-9a-f]{32}\b/gi;

/** How Redis quotes a command that it does not know; where `AUTH` was renamed, the password is among it. */
const QUOTED_COMMAND = /(with args beginning with: ).+/g;

/**
 * The text without what looks like a secret in it: for texts that others wrote, like the messages of
 * libraries, which quote what they could not read.
 */
export function withoutSecrets(text: string): string {
  return text.replace(SECRETS, '[redacted]').replace(QUOTED_COMMAND, '$1[redacted]');
}
