import { optional, withDefault, type ValuesOf } from '../options.js';
import { choice, oneOrMore, text } from '../setting-types.js';

export const IDENTITY_TOKEN_SETTINGS = {
  /** The audiences that identity tokens are issued for. Without audiences, no identity tokens are issued. */
  audiences: optional(oneOrMore(text, 'audiences')),
  /**
   * The algorithm of the signatures: EdDSA (Ed25519), or ES256 (ECDSA on P-256) for verifiers that do not support EdDSA. After
   * a change, verifiers must read the public keys again.
   */
  algorithm: withDefault('EdDSA', choice(['EdDSA', 'ES256'])),
};

/** Identity tokens: for whom they are issued, and how they are signed. */
export type IdentityTokenPolicy = ValuesOf<typeof IDENTITY_TOKEN_SETTINGS>;

export type SignatureAlgorithm = IdentityTokenPolicy['algorithm'];
