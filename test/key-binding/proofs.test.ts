import { createKeyBinding, type KeyBinding } from '../../src/key-binding/key-binding.js';
import { DEFAULT_KEY_BINDING_POLICY, type KeyBindingPolicy } from '../../src/key-binding/policy.js';
import type { PresentedProof } from '../../src/key-binding/proof.js';
import { readPublicKey } from '../../src/key-binding/public-key.js';
import { KeyProofRefused } from '../../src/key-binding/refusal.js';
import { createUsedProofs } from '../../src/key-binding/used-proofs.js';
import { createKeyRing } from '../../src/sessions/key-ring.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { aKey } from '../harness/domain.js';
import { aProof, aProofKey, hmacWithPublicKey, type ProofOptions } from '../harness/proof.js';

const PUBLIC_URL = 'https://server.example.com';
const URL_OF_TOKENS = `${PUBLIC_URL}/token`;

/** The proof of RFC 9449, §4.1, and the thumbprint of its key, §6.1. */
const RFC_PROOF =
  'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJo' +
  'RjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJ' +
  'qdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0Ijo' +
  'xNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg';
const RFC_TIME = 1_562_262_616_000;
const RFC_THUMBPRINT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';

describe('a proof of a key', () => {
  const key = aProofKey();
  let clock: FakeClock;
  let binding: KeyBinding;

  const open = (policy: Partial<KeyBindingPolicy> = {}) =>
    createKeyBinding({
      policy: { ...DEFAULT_KEY_BINDING_POLICY, publicUrls: [PUBLIC_URL], ...policy },
      keys: createKeyRing([aKey('first')]),
      clock,
      useInStore: () => Promise.resolve(true),
    });

  beforeEach(() => {
    clock = createFakeClock(RFC_TIME);
    binding = open();
  });

  const presented = (text: string, path = '/token'): PresentedProof => ({
    text,
    method: 'POST',
    path,
  });
  const make = (options?: ProofOptions, htu = URL_OF_TOKENS) =>
    aProof(key, htu, clock.now(), options);

  async function refusalOf(text: string, path?: string): Promise<string> {
    const refused: unknown = await binding
      .verify(presented(text, path))
      .catch((error: unknown) => error);
    return refused instanceof KeyProofRefused ? refused.refusal : 'accepted';
  }

  async function nonceFor(text: string): Promise<string> {
    const refused: unknown = await binding.verify(presented(text)).catch((error: unknown) => error);
    if (refused instanceof KeyProofRefused && refused.nonce !== undefined) return refused.nonce;
    throw new Error('The proof was not refused with a nonce.');
  }

  it('accepts the proof of RFC 9449 and computes the thumbprint of its key as in the RFC', async () => {
    expect(await binding.verify(presented(RFC_PROOF))).toBe(RFC_THUMBPRINT);
  });

  it('computes the thumbprint of an Ed25519 key as in RFC 8037', () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    const { thumbprint } = readPublicKey('EdDSA', { kty: 'OKP', crv: 'Ed25519', x });
    expect(thumbprint).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('accepts a proof that is signed with Ed25519', async () => {
    const ed25519 = aProofKey('EdDSA');
    const proof = aProof(ed25519, URL_OF_TOKENS, clock.now());
    expect(await binding.verify(presented(proof))).toMatch(/^[\w-]{43}$/);
  });

  it.each<[string, string, () => string]>([
    ['is no JWS', 'MALFORMED', () => 'proof'],
    ['came in two headers', 'MALFORMED', () => `${make()}, ${make()}`],
    [
      'is longer than 2048 characters',
      'MALFORMED',
      () => make({ claims: { pad: 'x'.repeat(2000) } }),
    ],
    ['has another type', 'MALFORMED', () => make({ header: { typ: 'JWT' } })],
    [
      'has a critical extension',
      'MALFORMED',
      () => make({ header: { crit: ['b64'], b64: false } }),
    ],
    ['has no jti', 'MALFORMED', () => make({ claims: { jti: undefined } })],
    ['has no htm', 'MALFORMED', () => make({ claims: { htm: undefined } })],
    ['has no htu', 'MALFORMED', () => make({ claims: { htu: undefined } })],
    ['has no iat', 'MALFORMED', () => make({ claims: { iat: undefined } })],
    ['has a text as iat', 'MALFORMED', () => make({ claims: { iat: '1562262616' } })],
    ['has a jti of 129 characters', 'MALFORMED', () => make({ claims: { jti: 'x'.repeat(129) } })],
    ['says alg none', 'ALGORITHM', () => make({ header: { alg: 'none' } })],
    [
      'is an HMAC with the public key',
      'ALGORITHM',
      () => make({ header: { alg: 'HS512' }, signature: hmacWithPublicKey(key) }),
    ],
    ['says RS256', 'ALGORITHM', () => make({ header: { alg: 'RS256' } })],
    ['has no key', 'KEY', () => make({ header: { jwk: undefined } })],
    [
      'has the private key',
      'KEY',
      () => make({ header: { jwk: key.privateKey.export({ format: 'jwk' }) } }),
    ],
    ['has a symmetric key', 'KEY', () => make({ header: { jwk: { kty: 'oct', k: 'AAAA' } } })],
    [
      'has a key of another curve',
      'KEY',
      () => make({ header: { jwk: { ...key.jwk, crv: 'P-384' } } }),
    ],
    [
      'has a point off the curve',
      'KEY',
      () => make({ header: { jwk: { ...key.jwk, y: key.jwk.x } } }),
    ],
    [
      'has a key for another algorithm',
      'KEY',
      () => make({ header: { jwk: { ...key.jwk, alg: 'ES384' } } }),
    ],
    ['is signed by another key', 'SIGNATURE', () => make({ header: { jwk: aProofKey().jwk } })],
    ['is for another method', 'METHOD', () => make({ claims: { htm: 'GET' } })],
    ['is for the method in other letters', 'METHOD', () => make({ claims: { htm: 'post' } })],
    ['is for another path', 'URL', () => make({}, `${PUBLIC_URL}/tokens`)],
    ['is for another host', 'URL', () => make({}, 'https://other.example.com/token')],
    ['is for another scheme', 'URL', () => make({}, 'http://server.example.com/token')],
    ['is for another port', 'URL', () => make({}, 'https://server.example.com:8443/token')],
    ['is for a URL with a user', 'URL', () => make({}, 'https://me@server.example.com/token')],
    ['is for no URL', 'URL', () => make({}, '/token')],
    ['has expired', 'TIME', () => make({ claims: { exp: RFC_TIME / 1000 } })],
    ['is not valid yet', 'TIME', () => make({ claims: { nbf: RFC_TIME / 1000 + 1 } })],
    ['is older than a minute', 'NONCE', () => make({ claims: { iat: RFC_TIME / 1000 - 61 } })],
    ['is from the future', 'NONCE', () => make({ claims: { iat: RFC_TIME / 1000 + 61 } })],
    ['has a nonce of nobody', 'NONCE', () => make({ claims: { nonce: 'A'.repeat(24) } })],
  ])('refuses a proof if it %s', async (_what, refusal, proof) => {
    expect(await refusalOf(proof())).toBe(refusal);
  });

  it('accepts a proof whose htu is an equivalent form of the URL, with a query and a fragment', async () => {
    const htu = 'HTTPS://Server.Example.COM:443/a/../%74oken?query#fragment';
    expect(await refusalOf(make({}, htu))).toBe('accepted');
  });

  it('accepts a proof for a URL below the path at which a proxy serves the service', async () => {
    binding = open({ publicUrls: ['https://example.com/auth/'] });
    expect(await refusalOf(make({}, 'https://example.com/auth/token'))).toBe('accepted');
    expect(await refusalOf(make({}, 'https://example.com/token'))).toBe('URL');
  });

  it('accepts a proof once and refuses its replay', async () => {
    const proof = make();
    expect(await refusalOf(proof)).toBe('accepted');
    expect(await refusalOf(proof)).toBe('REPLAYED');
  });

  it('accepts one of many concurrent requests with the same proof', async () => {
    const proof = make();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => refusalOf(proof)));
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
  });

  it('refuses the replay of a proof until the last millisecond in which it would be accepted', async () => {
    const [proof, unused] = [make(), make()];
    expect(await refusalOf(proof)).toBe('accepted');
    clock.advance(DEFAULT_KEY_BINDING_POLICY.proofLifetime);
    expect(await refusalOf(make())).toBe('accepted');
    expect(await refusalOf(proof)).toBe('REPLAYED');
    expect(await refusalOf(unused)).toBe('accepted');
    clock.advance(1);
    expect(await refusalOf(proof)).toBe('NONCE');
  });

  it('refuses a proof whose time passes while its signature is verified', async () => {
    const refused = refusalOf(make());
    clock.advance(DEFAULT_KEY_BINDING_POLICY.proofLifetime + 1);
    expect(await refused).toBe('NONCE');
  });

  it('verifies the proof of a request once, even if the request is validated several times', async () => {
    const proof = presented(make());
    const thumbprint = await binding.verify(proof);
    expect(await binding.verify(proof)).toBe(thumbprint);
  });

  it('does not use up the jti of a proof whose signature is invalid', async () => {
    const jti = 'shared';
    const forged = make({ claims: { jti }, signature: () => Buffer.alloc(64, 1) });
    expect(await refusalOf(forged)).toBe('SIGNATURE');
    expect(await refusalOf(make({ claims: { jti } }))).toBe('accepted');
  });

  it('accepts a proof with a nonce for two minutes, even if the clock of the client is hours off', async () => {
    const claims = { iat: RFC_TIME / 1000 - 10_000 };
    const nonce = await nonceFor(make({ claims }));
    expect(await refusalOf(make({ claims: { ...claims, nonce } }))).toBe('accepted');
    clock.advance(120_000);
    expect(await refusalOf(make({ claims: { ...claims, nonce } }))).toBe('NONCE');
  });

  it('requires a nonce in each proof if nonces are required, and refuses a nonce of another service', async () => {
    binding = open({ requireNonce: true });
    const nonce = await nonceFor(make());
    expect(await refusalOf(make({ claims: { nonce } }))).toBe('accepted');
    const others = createKeyBinding({
      policy: { ...DEFAULT_KEY_BINDING_POLICY, publicUrls: [PUBLIC_URL], requireNonce: true },
      keys: createKeyRing([aKey('other')]),
      clock,
      useInStore: () => Promise.resolve(true),
    });
    await expect(others.verify(presented(make({ claims: { nonce } })))).rejects.toMatchObject({
      refusal: 'NONCE',
    });
  });
});

describe('the memory of used proofs', () => {
  it('remembers at most its maximum of proofs, and refuses proofs that it may have forgotten', () => {
    const used = createUsedProofs(2);
    expect(used.use('a', 1000, 0)).toBe(true);
    expect(used.use('b', 1001, 0)).toBe(true);
    expect(used.use('c', 1002, 0)).toBe(true);
    expect(used.stateOf('a', 1000)).toBe('forgotten');
    expect(used.stateOf('b', 1001)).toBe('used');
    expect(used.stateOf('d', 1000)).toBe('forgotten');
    expect(used.stateOf('d', 1001)).toBe('unused');
  });

  it('remembers a proof in the millisecond until which it is accepted', () => {
    const used = createUsedProofs(1);
    used.use('a', 1000, 0);
    expect(used.use('b', 1001, 1000)).toBe(true);
    expect(used.use('a', 1000, 1000)).toBe(false);
    expect(used.stateOf('a', 1000)).toBe('forgotten');
  });

  it('makes room by forgetting proofs that have expired', () => {
    const used = createUsedProofs(2);
    used.use('a', 1000, 0);
    used.use('b', 1001, 0);
    expect(used.use('c', 3000, 2000)).toBe(true);
    expect(used.stateOf('d', 1002)).toBe('unused');
  });
});
