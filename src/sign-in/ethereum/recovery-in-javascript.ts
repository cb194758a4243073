import { secp256k1 } from '@noble/curves/secp256k1.js';
import { setImmediate as turn } from 'node:timers/promises';

const { Point, Signature } = secp256k1;
const { Fn } = Point;
type CurvePoint = InstanceType<typeof Point>;

/**
 * Recovers a public key (SEC 1, section 4.1.6) like `recoverPublicKey` of `@noble/curves`, but in steps, between which the
 * event loop turns.
 * @throws Error if there is no such key
 */
export async function recoverInSteps(
  digest: Uint8Array,
  signature: Uint8Array,
  recoveryId: 0 | 1,
): Promise<Uint8Array> {
  const { r, s } = Signature.fromBytes(signature, 'compact');
  const isOdd = recoveryId === 1;
  const point = Point.fromBytes(Buffer.concat([Buffer.of(isOdd ? 3 : 2), Fn.toBytes(r)]));
  const inverse = Fn.inv(r);
  const ofDigest = Fn.create(-integerOf(digest) * inverse);
  const ofSignature = Fn.create(s * inverse);
  await turn();
  const key = await sumOfMultiples([Point.BASE, ofDigest], [point, ofSignature]);
  // Refuses the point at infinity, which has no encoding.
  key.assertValidity();
  return key.toBytes(false);
}

type Multiple = readonly [point: CurvePoint, factor: bigint];

/** Bits that are processed between two turns of the event loop: a fraction of a millisecond. */
const BITS_PER_TURN = 32;

/**
 * Straus's algorithm ("Shamir's trick") with two bits of both factors at a time. Need not take constant time, since all
 * inputs are public.
 */
async function sumOfMultiples([p, a]: Multiple, [q, b]: Multiple): Promise<CurvePoint> {
  const [ofP, ofQ] = [multiplesUpTo3(p), multiplesUpTo3(q)];
  const sums = ofP.map((one) => ofQ.map((other) => one.add(other)));
  let sum = Point.ZERO;
  for (let bit = Fn.BITS - 2; bit >= 0; bit -= 2) {
    sum = sum.double().double();
    sum = sum.add(sums[twoBits(a, bit)]?.[twoBits(b, bit)] ?? Point.ZERO);
    if (bit % BITS_PER_TURN === 0) await turn();
  }
  return sum;
}

function multiplesUpTo3(point: CurvePoint): CurvePoint[] {
  const double = point.double();
  return [Point.ZERO, point, double, double.add(point)];
}

function twoBits(factor: bigint, bit: number): number {
  return Number((factor >> BigInt(bit)) & 3n);
}

function integerOf(digest: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(digest).toString('hex')}`);
}
