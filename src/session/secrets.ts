/** Tokens, signatures (64 bytes or more, in hexadecimal) and nonces, as this service makes or takes them. */
const SECRETS = /ws[ar]_[\w-]{20,}|\b0x[0-9a-f]{128,}|\b[0-9a-f]{32}\b/gi;

/**
 * The text without what looks like a secret in it: for texts that others wrote, like the messages of
 * libraries, which quote what they could not read.
 */
export function withoutSecrets(text: string): string {
  return text.replace(SECRETS, '[redacted]');
}
