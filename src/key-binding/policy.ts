import { defaultsOf, optional, withDefault, type ValuesOf } from '../options.js';
import { boolean, choice, duration, oneOrMore, textWith } from '../setting-types.js';

const publicUrl = textWith(
  isPublicUrl,
  'must be a URL like https://auth.example.com or https://example.com/auth, without a query',
);

export const KEY_BINDING_SETTINGS = {
  /**
   * Whether sign-ins bind their sessions to a key of the client (DPoP): optional binds those that come with a proof, required
   * refuses others, off ignores proofs. A session that is bound stays bound.
   */
  mode: withDefault('optional', choice(['off', 'optional', 'required'])),
  /**
   * The URLs at which clients reach the service, without /graphql: an origin, and a path if a proxy serves the service below
   * one. Proofs of keys must be for one of them. Default: `origins`.
   */
  publicUrls: optional(
    oneOrMore(
      publicUrl,
      'URLs like https://auth.example.com or https://example.com/auth, without a query',
    ),
  ),
  /**
   * How far the time of a proof may be from the clock of the service. A proof of another time needs a nonce of the service,
   * which is valid for twice as long. Milliseconds.
   */
  proofLifetime: withDefault(60_000, duration(1000)),
  /**
   * Whether every proof needs a nonce of the service, so that no proof can be made in advance. Clients send one more request
   * when their nonce is too old.
   */
  requireNonce: withDefault(false, boolean),
  /**
   * Whether the store records each proof, so that it is accepted once across all instances: one command of the store for each
   * request with a proof. Otherwise each instance accepts it once.
   */
  sharedReplayDetection: withDefault(false, boolean),
};

const path = textWith(
  (text) => /^(?:\/[\w.~-]+)+$/.test(text),
  'must be an absolute path like /api/device-session',
);

export const DEVICE_BINDING_SETTINGS = {
  /**
   * Whether sessions in cookies are bound to the devices of browsers that support Device Bound Session Credentials (a W3C
   * draft; this is the one of February 2026). The cookies of a bound session work only beside a short-lived cookie, which the
   * browser renews with a key of its device. Other browsers are not affected.
   */
  enabled: withDefault(false, boolean),
  /**
   * How long the short-lived cookie of a device lasts, and so how long copied cookies work. Chromium renews it up to two minutes
   * early, and at most six times in nine minutes. Milliseconds.
   */
  cookieLifetime: withDefault(5 * 60_000, duration(3 * 60_000)),
  /** The path at which browsers reach `/device-session` of the REST API. */
  path: withDefault('/api/device-session', path),
};

/** Device Bound Session Credentials: whether they are offered, and how long a device cookie lasts. */
export type DeviceBindingPolicy = ValuesOf<typeof DEVICE_BINDING_SETTINGS>;

/** Proofs of keys (DPoP, RFC 9449): when sessions are bound to keys, and which proofs are accepted. */
export interface KeyBindingPolicy extends Omit<
  ValuesOf<typeof KEY_BINDING_SETTINGS>,
  'publicUrls'
> {
  /** The URLs at which clients reach the service. A proof must be for one of them and the path of the request. */
  readonly publicUrls: readonly string[];
}

/** Optional binding; proofs work for a minute, once at each instance. */
export const DEFAULT_KEY_BINDING_POLICY = defaultsOf(KEY_BINDING_SETTINGS);

/** Whether the text is the URL of a service, without query, fragment and user name. */
function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username, password } = new URL(text);
  const isHttp = protocol === 'http:' || protocol === 'https:';
  return isHttp && search === '' && hash === '' && username === '' && password === '';
}
