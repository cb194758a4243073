import * as v from 'valibot';
import { defaultsOf, inBounds, withDefault, type SettingType, type ValuesOf } from '../options.js';
import { duration, integer, oneOrMore, text } from '../setting-types.js';
import { chainIdSetting, type ChainId } from '../accounts/account-id.js';
import { isStatement } from './grammar.js';

/** A web origin. */
export const origin: SettingType<string> = {
  form: text.form,
  schema: v.pipe(
    text.schema,
    inBounds(
      (given: string) => URL.canParse(given) && new URL(given).origin === given,
      'must be an origin like https://app.example.com, with no path',
    ),
  ),
};

export const origins = oneOrMore(origin, 'origins like https://app.example.com, with no path');

/** The line of text that a sign-in message contains (EIP-4361). */
const statement: SettingType<string> = {
  form: text.form,
  schema: v.pipe(
    text.schema,
    inBounds((given: string) => given.length <= 200, 'must have at most 200 characters'),
    inBounds(isStatement, 'must be one line of ASCII without " % < > \\ ^ ` { | } (EIP-4361)'),
  ),
};

export const SIGN_IN_SETTINGS = {
  /** CAIP-2 ids of the chains on which wallets may sign in; the first one of each namespace is its default. */
  chainIds: withDefault<readonly [ChainId, ...ChainId[]], readonly ChainId[]>(
    ['eip155:1'],
    oneOrMore(chainIdSetting, 'CAIP-2 chain ids like eip155:1'),
  ),
  /** The statement in the sign-in message, which the wallet shows to its owner. */
  statement: withDefault(
    'Sign in with your wallet. This costs nothing and sends no transaction.',
    statement,
  ),
  /** Maximum number of characters of a sign-in message. Messages that sign in on 30 chains at once have 4,800. */
  messageLength: withDefault(8192, integer(1024, 65_536)),
  /** How long a challenge is valid. Milliseconds. */
  challengeTimeout: withDefault(5 * 60_000, duration(1000)),
  /** How far the clocks of wallets may be off. Milliseconds. */
  clockTolerance: withDefault(60_000, duration()),
};

/** Which sign-in messages are accepted, and how the service writes its own. */
export interface SignInPolicy extends ValuesOf<typeof SIGN_IN_SETTINGS> {
  /**
   * The web origins whose pages may request sign-ins (`https://app.example.com`). Each stands for the EIP-4361 domain,
   * scheme and URI origin. The first one is used in challenges for clients that do not state theirs.
   */
  readonly origins: readonly [string, ...string[]];
}

/** The default policy: Ethereum only, and five minutes to answer a challenge. */
export const DEFAULT_SIGN_IN_POLICY = defaultsOf(SIGN_IN_SETTINGS);
