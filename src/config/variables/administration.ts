import * as v from 'valibot';
import type { WalletIdentity } from '../../accounts/wallet.js';
import { parseWalletId } from '../../accounts/wallet-id.js';
import { duration } from '../forms/duration.js';
import { integer, list } from '../forms/text.js';
import { optional, variable } from '../variable.js';

const wallets = v.pipe(
  v.string(),
  v.transform(list),
  v.mapItems(parseWalletId),
  v.guard(
    (items): items is WalletIdentity[] => items.every((item) => item !== undefined),
    'must be addresses (0x and 40 hexadecimal digits, checksummed or in one case), or eip155:1:0x… for a ' +
      'contract on a chain, separated by commas',
  ),
);

/** Who may administrate, and how much of the audit log the store keeps. */
export const ADMINISTRATION_VARIABLES = {
  ADMIN_WALLETS: optional(
    wallets,
    'Who may read statistics and everybody’s audit events and end anybody’s sessions: addresses, and ' +
      'eip155:1:0x… for a contract on chain 1, separated by commas.',
  ),
  AUDIT_LOG_SIZE: variable(
    integer(0, 100_000_000),
    'How many of everybody’s audit events the store keeps, for administrators, and a tenth of that each of what tokens and of what strangers can repeat at will; 0 keeps none.',
    '100000',
  ),
  AUDIT_LOG_SIZE_PER_WALLET: variable(
    integer(0, 10_000),
    'How many audit events the store keeps of each wallet, for its owner; of the refreshes of a session, the newest. 0 keeps none.',
    '100',
  ),
  AUDIT_LOG_RETENTION: variable(
    duration(1000),
    'How long the store keeps audit events. The structured log has all of them.',
    '30d',
  ),
} as const;
