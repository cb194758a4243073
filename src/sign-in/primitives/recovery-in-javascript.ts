import { secp256k1 } from '@noble/curves/secp256k1.js';
import { setImmediate as turn } from 'node:timers/promises';

const { Point, Signature } = secp256k1;
const { Fn } = Point;

/**
 * SEC 1, section 4.1.6, as `recoverPublicKey` of `@noble/curves` does it in one go; but that takes longer than
 * an event loop should be held. Here it turns between the three steps that take the time.
 * @throws Error where there is no such key
 */
export async function recoverInSteps(
  digest: Uint8Array,
  signature: Uint8Array,
  recoveryId: 0 | 1,
): Promise<Uint8Array> {
  const { r, s } = Signature.fromBytes(signature, 'compact');
  const isOdd = recoveryId === 1;
  const point = Point.fromBytes(Buffer.concat([Buffer.of(isOdd ? 3 : 2), Fn.toBytes(r)]));
  await turn();
  const inverse = Fn.inv(r);
  const ofDigest = Point.BASE.multiplyUnsafe(Fn.create(-integerOf(digest) * inverse));
  await turn();
  const ofSignature = point.multiplyUnsafe(Fn.create(s * inverse));
  await turn();
  // Neither encodes nor counts as valid where it is the point at infinity.
  const key = ofDigest.add(ofSignature);
  key.assertValidity();
  return key.toBytes(false);
}

function integerOf(digest: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(digest).toString('hex')}`);
}
