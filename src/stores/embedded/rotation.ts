import { timingSafeEqual } from 'node:crypto';
import type { Rotation, SessionRecord } from '../../sessions/store.js';

export type RotationDecision =
  | { readonly kind: 'rotated'; readonly record: SessionRecord }
  | { readonly kind: 'repeated'; readonly record: SessionRecord }
  | { readonly kind: 'reused' }
  | { readonly kind: 'unknown' };

/** What a rotation does to a living record: the same decision as `lua/rotate.lua`. */
export function decideRotation(
  record: SessionRecord,
  rotation: Rotation,
  now: number,
): RotationDecision {
  const { generation, presented, successor, timeout, grace } = rotation;
  if (generation > record.generation) return { kind: 'unknown' };
  if (generation === record.generation) {
    const hash = presented.get(record.keyId);
    if (hash === undefined || !isSame(hash, record.refreshHash)) return { kind: 'unknown' };
    const rotated = {
      ...record,
      ...successor,
      generation: generation + 1,
      rotatedAt: now,
      expiresAt: Math.min(now + timeout, record.absoluteExpiresAt),
    };
    return { kind: 'rotated', record: rotated };
  }
  const isPredecessor = generation === record.generation - 1;
  if (isPredecessor && now < record.rotatedAt + grace) return { kind: 'repeated', record };
  return { kind: 'reused' };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
