/** Whether sessions are bound to keys of their clients. */
export const KEY_BINDING_MODES = ['off', 'optional', 'required'] as const;

/** Proofs of keys (DPoP, RFC 9449): when sessions are bound to keys, and which proofs are accepted. */
export interface KeyBindingPolicy {
  /**
   * `optional`: a sign-in with a proof binds its session to the key of the proof. `required`: a sign-in without one is
   * refused. `off`: the proofs of sign-ins are ignored. Sessions that are bound stay bound, whatever the mode. Default
   * `optional`.
   */
  readonly mode: (typeof KEY_BINDING_MODES)[number];
  /**
   * The URLs at which clients reach the service: an origin, and a path if a proxy serves the service below one. A proof
   * must be for one of them and the path of the request. Default: `origins`.
   */
  readonly publicUrls: readonly string[];
  /**
   * How far the time of a proof may be from the clock of the service, in milliseconds. A proof of another time needs a
   * nonce of the service, which is valid for twice as long. Default 1 minute.
   */
  readonly proofLifetime: number;
  /**
   * Whether every proof needs a nonce of the service, so that proofs cannot be made in advance. Default false.
   */
  readonly requireNonce: boolean;
  /**
   * Whether the store notes each proof, so that it works once at all instances together. That takes one command of the
   * store for each proof. Default false: it works once at each instance.
   */
  readonly sharedReplayDetection: boolean;
}

/** Optional binding; proofs work for a minute, once at each instance. */
export const DEFAULT_KEY_BINDING_POLICY: Omit<KeyBindingPolicy, 'publicUrls'> = {
  mode: 'optional',
  proofLifetime: 60_000,
  requireNonce: false,
  sharedReplayDetection: false,
};

/** What {@link isPublicUrl} takes, in words. */
export const PUBLIC_URL =
  'must be a URL like https://auth.example.com or https://example.com/auth, without a query';

/** Whether the text is the URL of a service, without query, fragment and user name. */
export function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username, password } = new URL(text);
  const isHttp = protocol === 'http:' || protocol === 'https:';
  return isHttp && search === '' && hash === '' && username === '' && password === '';
}
