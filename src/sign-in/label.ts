import { WalletSessionsError } from '../errors.js';

/** The most characters of what a client calls its wallet and its device. */
export const LONGEST_LABEL = 100;

/**
 * What a client calls its wallet or its device, without blanks around it; `undefined` where it does not say.
 * @param given as an application hands it on: it may be anything
 * @throws WalletSessionsError `BAD_USER_INPUT` for what is no text, or too long
 */
export function readLabel(name: 'walletType' | 'device', given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  const text = typeof given === 'string' ? given.trim() : undefined;
  if (text === undefined || text.length > LONGEST_LABEL) {
    throw new WalletSessionsError(
      'BAD_USER_INPUT',
      `"${name}" must be a text of at most ${LONGEST_LABEL} characters.`,
    );
  }
  return text === '' ? undefined : text;
}
