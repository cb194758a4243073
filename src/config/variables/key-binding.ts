import * as v from 'valibot';
import { isPublicUrl, KEY_BINDING_MODES, PUBLIC_URL } from '../../key-binding/policy.js';
import { boolean, duration, list } from '../parsers.js';
import { optional, variable } from '../variable.js';

const publicUrls = v.pipe(
  v.string(),
  v.transform(list),
  v.nonEmpty('must name at least one URL'),
  v.everyItem(isPublicUrl, `${PUBLIC_URL}, separated by commas`),
);

/** Sessions that are bound to keys of their clients (DPoP, RFC 9449). */
export const KEY_BINDING_VARIABLES = {
  KEY_BINDING: variable(
    v.picklist(KEY_BINDING_MODES, `must be ${KEY_BINDING_MODES.join(', ')}`),
    'Whether sign-ins bind their sessions to a key of the client (DPoP): optional binds those that come with a proof, ' +
      'required refuses others, off ignores proofs. A session that is bound stays bound.',
    'optional',
  ),
  PUBLIC_URLS: optional(
    publicUrls,
    'The URLs at which clients reach the service, without /graphql, separated by commas: an origin, and a path if a proxy ' +
      'serves the service below one. Proofs of keys must be for one of them. Default: SIGN_IN_ORIGINS.',
  ),
  KEY_PROOF_LIFETIME: variable(
    duration(1000),
    'How far the time of a proof may be from the clock of the service. A proof of another time needs a nonce of the ' +
      'service, which is valid for twice as long.',
    '1m',
  ),
  KEY_PROOF_REQUIRE_NONCE: variable(
    boolean,
    'Whether every proof needs a nonce of the service, so that no proof can be made in advance. Clients send one more ' +
      'request when their nonce is too old.',
    'false',
  ),
  KEY_PROOF_SHARED_REPLAY_DETECTION: variable(
    boolean,
    'Whether the store notes each proof, so that it works once at all instances together: one command of the store for ' +
      'each request with a proof. Otherwise it works once at each instance.',
    'false',
  ),
} as const;
