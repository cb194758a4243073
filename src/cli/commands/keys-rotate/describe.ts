import type {
  KeyRotationReport,
  RemainingUse,
} from '../../../administration/key-rotation/report.js';
import { counted, timeOf, type Terminal } from '../../terminal.js';

/** Says what was done, and of each other key whether it can leave SESSION_KEYS. */
export function describeRotation(
  report: KeyRotationReport,
  { style }: Pick<Terminal, 'style'>,
): string[] {
  const { currentKeyId, sessions, reencrypted, unreadable, sealedMeanwhile, others } = report;
  const lines = [
    `${counted(sessions, 'session')}, ${reencrypted} encrypted anew with the key "${currentKeyId}".`,
    ...others.map((use) => `  ${style(colourOf(use), use.keyId)}: ${verdictOn(use)}`),
  ];
  if (others.length === 0) lines.push('SESSION_KEYS has no other key.');
  if (unreadable > 0) {
    lines.push(
      style('red', `${counted(unreadable, 'record')} could not be read, and stayed as they are: `) +
        'altered, or encrypted with a key that SESSION_KEYS does not have. Their sessions are refused.',
    );
  }
  if (sealedMeanwhile > 0) {
    lines.push(
      style(
        'red',
        `An old key was in use again meanwhile (${counted(sealedMeanwhile, 'record')}). `,
      ) +
        `Give every instance a SESSION_KEYS with "${currentKeyId}" in front, then run this again.`,
    );
  }
  return lines;
}

function colourOf({ records, tokens }: RemainingUse): 'green' | 'yellow' {
  return records + tokens === 0 ? 'green' : 'yellow';
}

function verdictOn({ isKnown, records, tokens, tokensExpireAt }: RemainingUse): string {
  if (!isKnown) {
    return `missing from SESSION_KEYS, and ${counted(Math.max(records, tokens), 'session')} would need it`;
  }
  if (records > 0) return `still needed: it encrypts ${counted(records, 'record')}`;
  if (tokens > 0 && tokensExpireAt !== undefined) {
    return (
      `still needed: ${counted(tokens, 'session')} have tokens that it hashes. They are refreshed, or have ` +
      `expired, by ${timeOf(tokensExpireAt)}`
    );
  }
  return 'may be removed: no session needs it. Older audit events, and used refresh tokens, do (docs/operating.md)';
}
