import type { SecretKey } from '../../src/sessions/key-ring.js';
import { createKeyRing } from '../../src/sessions/key-ring.js';
import { keyIdOf } from '../../src/sessions/encryption.js';
import { rotateKeys, type KeyRotationOptions } from '../../src/administration/rotate-keys.js';
import { partitionOf } from '../../src/accounts/wallet.js';
import { aKey, openDomain, type TestDomain } from '../harness/domain.js';
import { aWallet } from '../harness/wallet.js';

const [OLD, NEW] = [aKey('first'), aKey('second')];
const HOUR = 60 * 60_000;

describe('key rotation', () => {
  let domain: TestDomain;
  beforeEach(async () => {
    domain = await openDomain();
  });
  afterEach(() => domain.close());

  const signIn = () =>
    domain.sessions.create(
      { wallet: aWallet().account, chainId: 'eip155:1' },
      { userAgent: 'test' },
    );
  const rotate = (keys: readonly SecretKey[], options: Partial<KeyRotationOptions> = {}) =>
    rotateKeys({
      scanner: domain.store.scanner,
      keys: createKeyRing(keys),
      clock: domain.clock,
      rate: 1000,
      pause: () => Promise.resolve(),
      ...options,
    });
  const recordOf = ({ session }: Awaited<ReturnType<typeof signIn>>) =>
    domain.store.sessions.find(partitionOf(session), session.id);

  it('encrypts every record with the new key and keeps every session valid', async () => {
    const grants = [await signIn(), await signIn(), await signIn()];
    const report = await rotate([NEW, OLD]);
    expect(report).toMatchObject({
      currentKeyId: 'second',
      sessions: 3,
      reencrypted: 3,
      unreadable: 0,
      encryptedMeanwhile: 0,
    });
    const after = domain.withKeys([NEW, OLD]);
    for (const grant of grants) {
      const record = await recordOf(grant);
      expect(keyIdOf(record?.details ?? Buffer.alloc(1))).toBe('second');
      expect(await after.sessions.authenticate(grant.accessToken)).toEqual(grant.session);
      await after.sessions.refresh(grant.refreshToken, {});
    }
  });

  it('resumes an interrupted key rotation without encrypting a record twice', async () => {
    for (let count = 0; count < 3; count += 1) await signIn();
    const failing = { ...domain.store.scanner };
    let left = 1;
    failing.replaceDetails = async (...args) => {
      if (left === 0) throw new Error('broken off');
      left -= 1;
      return domain.store.scanner.replaceDetails(...args);
    };
    await expect(rotate([NEW, OLD], { scanner: failing })).rejects.toThrow('broken off');
    expect(await rotate([NEW, OLD])).toMatchObject({ sessions: 3, reencrypted: 2 });
    expect(await rotate([NEW, OLD])).toMatchObject({ sessions: 3, reencrypted: 0 });
  });

  it('reports how many sessions have tokens of an old key and when the last of them expires', async () => {
    const [idle, refreshed] = [await signIn(), await signIn()];
    domain.clock.advance(HOUR);
    const after = domain.withKeys([NEW, OLD]);
    await after.sessions.refresh(refreshed.refreshToken, {});
    expect((await rotate([NEW, OLD])).others).toEqual([
      {
        keyId: 'first',
        isKnown: true,
        records: 0,
        tokens: 1,
        tokensExpireAt: idle.session.expiresAt,
      },
    ]);
    domain.clock.advance(HOUR);
    expect((await rotate([NEW, OLD])).others).toEqual([
      { keyId: 'first', isKnown: true, records: 0, tokens: 0, tokensExpireAt: undefined },
    ]);
    // The old key can be removed: no remaining session needs it.
    const without = domain.withKeys([NEW]);
    expect(await without.sessions.list(refreshed.session)).toHaveLength(1);
  });

  it('reports a missing key of a key rotation and leaves the records that need it unchanged', async () => {
    const grant = await signIn();
    const before = await recordOf(grant);
    const report = await rotate([NEW]);
    expect(report).toMatchObject({ reencrypted: 0, unreadable: 1 });
    expect(report.others).toMatchObject([
      { keyId: 'first', isKnown: false, records: 1, tokens: 1 },
    ]);
    expect(await recordOf(grant)).toEqual(before);
  });

  it('leaves a tampered record unchanged in a key rotation', async () => {
    const grant = await signIn();
    const record = await recordOf(grant);
    const altered = Buffer.from(record?.details ?? '');
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    const partition = partitionOf(grant.session);
    const { id, authenticatedAt } = grant.session;
    await domain.store.sessions.touch(partition, id, altered, authenticatedAt);
    expect(await rotate([NEW, OLD])).toMatchObject({ reencrypted: 0, unreadable: 1 });
    expect(Buffer.from((await recordOf(grant))?.details ?? '')).toEqual(altered);
  });

  it('detects an instance that still encrypts with the old key during a key rotation', async () => {
    await signIn();
    const { scanner } = domain.store;
    let passes = 0;
    const late = {
      ...scanner,
      async *records(size: number) {
        passes += 1;
        // Acts as an instance that does not have the new key yet.
        if (passes === 2) await signIn();
        yield* scanner.records(size);
      },
    };
    expect(await rotate([NEW, OLD], { scanner: late })).toMatchObject({
      sessions: 2,
      reencrypted: 2,
      encryptedMeanwhile: 1,
    });
  });

  it('reports the progress of a key rotation and keeps to the configured rate', async () => {
    for (let count = 0; count < 4; count += 1) await signIn();
    const progress: unknown[] = [];
    let paused = 0;
    await rotate([NEW, OLD], {
      rate: 2,
      pause(duration) {
        paused += duration;
        return Promise.resolve();
      },
      onProgress: (reached) => progress.push(reached),
    });
    expect(paused).toBe(2000);
    expect(progress[0]).toEqual({ sessions: 4, reencrypted: 4 });
  });
});
