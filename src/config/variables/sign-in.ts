import * as v from 'valibot';
import { isRpcUrl } from '../../sign-in/ethereum/rpc/rpc-url.js';
import { isStatement } from '../../sign-in/ethereum/message.js';
import { duration } from '../forms/duration.js';
import { list, origins } from '../forms/text.js';
import { optional, variable } from '../variable.js';

const chainIds = v.pipe(
  v.string(),
  v.transform(list),
  v.check(
    (items) => items.length > 0 && items.every((item) => /^[1-9]\d{0,14}$/.test(item)),
    'must be EIP-155 chain ids, separated by commas',
  ),
  v.mapItems(Number),
);

const rpcUrls = v.pipe(
  v.string(),
  v.transform(list),
  v.check(
    (items) => items.length > 0 && items.every((item) => /^[1-9]\d{0,14}=/.test(item)),
    'must be like 1=https://rpc.example.com, separated by commas',
  ),
  v.mapItems(readRpcUrl),
  v.everyItem(({ url }) => isRpcUrl(url), 'must have http:// or https:// URLs without a user name'),
  v.check(
    (rpcs) => new Set(rpcs.map(({ chainId }) => chainId)).size === rpcs.length,
    'must not have two URLs for one chain',
  ),
);

function readRpcUrl(item: string): { chainId: number; url: string } {
  const separator = item.indexOf('=');
  return { chainId: Number(item.slice(0, separator)), url: item.slice(separator + 1) };
}

/** Which wallets may sign in, and with what message. */
export const SIGN_IN_VARIABLES = {
  SIGN_IN_ORIGINS: optional(
    origins,
    'The web origins that may ask for sign-ins, separated by commas. Default: localhost and 127.0.0.1 at PORT.',
  ),
  SIGN_IN_CHAIN_IDS: variable(
    chainIds,
    'The chains on which a wallet may sign in, separated by commas; the first one is the default.',
    '1',
  ),
  SIGN_IN_STATEMENT: variable(
    v.pipe(
      v.string(),
      v.maxLength(200, 'must have at most 200 characters'),
      v.check(isStatement, 'must be one line of ASCII without " % < > \\ ^ ` { | } (EIP-4361)'),
    ),
    'The sentence that the wallet shows its owner.',
    'Sign in with your wallet. This costs nothing and sends no transaction.',
  ),
  CHALLENGE_TIMEOUT: variable(duration(1000), 'How long a challenge can be answered.', '5m'),
  RPC_URLS: optional(
    rpcUrls,
    'The JSON-RPC of each chain on which wallets that are contracts may sign in, separated by commas: ' +
      '1=https://rpc.example.com. On other chains they may not.',
  ),
  WALLET_VERIFICATION_TIMEOUT: variable(
    duration(100),
    'How long a call to an RPC may take, and how long it may wait for its turn, before the answer is WALLET_VERIFICATION_UNAVAILABLE.',
    '5s',
  ),
} as const;
