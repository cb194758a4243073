import { WalletSessionsError } from '../errors.js';
import { visibleText } from '../visible-text.js';

/** The most characters of what a client calls its wallet and its device. */
export const MAX_LABEL_LENGTH = 100;

/**
 * What a client calls its wallet or its device, without surrounding spaces and without characters that change how other
 * text is shown ({@link visibleText}); `undefined` where nothing is left.
 * @param given as an application hands it on: it may be anything
 * @throws WalletSessionsError `BAD_USER_INPUT` for a value that is not a string, or is too long without these
 */
export function readLabel(name: 'walletType' | 'device', given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  const text = typeof given === 'string' ? visibleText(given).trim() : undefined;
  if (text === undefined || text.length > MAX_LABEL_LENGTH) {
    throw new WalletSessionsError(
      'BAD_USER_INPUT',
      `"${name}" must be a text of at most ${MAX_LABEL_LENGTH} characters.`,
    );
  }
  return text === '' ? undefined : text;
}
