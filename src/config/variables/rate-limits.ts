import { rate } from '../forms/rate.js';
import { variable } from '../variable.js';

/** How often one address, one wallet and one session may do what costs work. */
export const RATE_LIMITS_VARIABLES = {
  RATE_LIMIT_CHALLENGE_PER_IP: variable(
    rate,
    'How many challenges an IPv4 address or IPv6 /64 may ask for: so many in so long, or none for no limit.',
    '60/1m',
  ),
  RATE_LIMIT_SIGN_IN_PER_IP: variable(
    rate,
    'How often an IPv4 address or IPv6 /64 may fail to sign in, have a contract verified, and sign in with wallets that have no session: each of the three.',
    '60/1m',
  ),
  RATE_LIMIT_SIGN_IN_PER_WALLET: variable(
    rate,
    'How often a wallet may sign in; what others try in its name does not count.',
    '30/10m',
  ),
  RATE_LIMIT_REFRESH_PER_IP: variable(
    rate,
    'How often an IPv4 address or IPv6 /64 may present a refresh token that is invalid. Valid ones count for their session.',
    '300/1m',
  ),
  RATE_LIMIT_REFRESH_PER_SESSION: variable(rate, 'How often a session may be refreshed.', '60/1m'),
  RATE_LIMIT_DOCUMENTS_PER_IP: variable(
    rate,
    'How many GraphQL documents that the instance has not validated before an IPv4 address or IPv6 /64 may send. ' +
      'Clients that pass values as variables repeat the same few documents.',
    '600/1m',
  ),
  RATE_LIMIT_LOGOUT_PER_SESSION: variable(
    rate,
    'How often a session may end others of its wallet. It can always end itself.',
    '20/1m',
  ),
} as const;
