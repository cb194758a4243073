import { takesCookies } from '../http/cookies/allowed-page.js';

/** The values that rules for several options read. */
interface Combination {
  readonly sessions: { readonly timeout: number; readonly absoluteTimeout: number };
  /** The origins whose pages have their sessions in cookies; `undefined` without cookies. */
  readonly cookieOrigins: readonly string[] | undefined;
  readonly deviceBinding: { readonly enabled: boolean };
  readonly keyBinding: { readonly mode: string };
  readonly signIn: { readonly chainIds: readonly string[] };
  readonly rpcs: readonly { readonly chainId: string }[];
}

/** What the user calls each of them: the library has options, the service has variables. */
type Names = Readonly<
  Record<
    | 'timeout'
    | 'absoluteTimeout'
    | 'cookies'
    | 'deviceBinding'
    | 'keyBinding'
    | 'chainIds'
    | 'rpcs',
    string
  >
>;

/** Lists what is wrong with options that are valid by themselves but not together, for the library and the service. */
export function contradictionsIn(values: Combination, names: Names): Error[] {
  const { sessions, cookieOrigins, deviceBinding, keyBinding, signIn, rpcs } = values;
  const errors: Error[] = [];
  // The idle timeout could never pass.
  if (sessions.timeout > sessions.absoluteTimeout) {
    errors.push(new RangeError(`${names.timeout} must be at most ${names.absoluteTimeout}.`));
  }
  const insecure = cookieOrigins?.find((origin) => !takesCookies(origin));
  if (insecure !== undefined) {
    errors.push(
      new RangeError(
        `${names.cookies} needs origins with https:// or on localhost, unlike ${insecure}: browsers send Secure ` +
          'cookies to no others.',
      ),
    );
  }
  if (cookieOrigins === undefined && deviceBinding.enabled) {
    errors.push(
      new TypeError(`${names.deviceBinding} needs ${names.cookies}: it binds sessions in cookies.`),
    );
  }
  // A page cannot make proofs for tokens that it cannot read.
  if (cookieOrigins !== undefined && keyBinding.mode === 'required') {
    errors.push(
      new TypeError(
        `${names.keyBinding} must not be required with ${names.cookies}: tokens in cookies cannot be bound to a key.`,
      ),
    );
  }
  // A node of a chain on which nobody may sign in would never be used.
  for (const { chainId } of rpcs) {
    if (signIn.chainIds.includes(chainId)) continue;
    const message = `${names.rpcs} names chain ${chainId}. Add it to ${names.chainIds}.`;
    errors.push(new TypeError(message));
  }
  return errors;
}
