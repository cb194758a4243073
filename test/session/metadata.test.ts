import { parseAccessToken } from '../../src/sessions/token.js';
import { walletUnderTest } from '../harness/wallet-under-test.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;

describe('the metadata of a session', () => {
  const under = walletUnderTest();
  const { wallet, create, isAlive } = under;

  it('returns the metadata that was given at sign-in to the owner of a session', async () => {
    const { session, accessToken } = await create();
    expect(await under.domain.sessions.authenticate(accessToken)).toEqual(session);
    expect(session).toMatchObject({
      wallet,
      chainId: 'eip155:1',
      walletType: 'MetaMask',
      userAgent: 'Agent/1.0',
      ipAddress: '203.0.113.7',
      createdAt: under.domain.clock.now(),
      lastSeenAt: under.domain.clock.now(),
      authenticatedAt: under.domain.clock.now(),
    });
  });

  it('updates when and where a session was last seen at most once a minute', async () => {
    const { session, accessToken } = await create();
    const seenAt = under.domain.clock.now();
    const note = async (advance: number, ipAddress: string) => {
      under.domain.clock.advance(advance);
      await under.domain.sessions.validate(accessToken, { ipAddress });
      await under.domain.sessions.lastSeen.flush();
      return under.domain.sessions.authenticate(accessToken);
    };
    expect(await note(MINUTE - 1, '198.51.100.1')).toMatchObject({
      lastSeenAt: seenAt,
      ipAddress: session.ipAddress,
    });
    expect(await note(1, '198.51.100.2')).toMatchObject({
      lastSeenAt: seenAt + MINUTE,
      ipAddress: '198.51.100.2',
    });
  });

  it('refuses and audits a session whose metadata was altered or moved to another session', async () => {
    const [victim, thief] = [await create(), await create(aWallet().account)];
    const from = placeOf(victim.accessToken);
    const record = await under.domain.store.sessions.find(from.partition, from.id);
    if (record === undefined) throw new Error('no record');
    const to = placeOf(thief.accessToken);
    const limit = { max: 0, onLimit: 'evict-soonest-expiring' } as const;
    const own = await under.domain.store.sessions.find(to.partition, to.id);
    if (own === undefined) throw new Error('no record');
    await under.domain.store.sessions.insert(
      to.partition,
      { ...own, details: record.details },
      limit,
      under.domain.clock.now(),
    );
    expect(await isAlive(thief.accessToken)).toBe(false);

    const details = Buffer.from(record.details);
    details.writeUInt8(details.readUInt8(30) ^ 1, 30);
    await under.domain.store.sessions.insert(
      from.partition,
      { ...record, details },
      limit,
      under.domain.clock.now(),
    );
    expect(await isAlive(victim.accessToken)).toBe(false);
    expect(
      under.domain.audited.filter(({ type }) => type === 'session.record-refused'),
    ).toHaveLength(2);
  });
});

/** The partition and session id in a token. */
function placeOf(accessToken: string) {
  const token = parseAccessToken(accessToken);
  if (token === undefined) throw new Error('That is no access token.');
  return { partition: token.partition, id: token.sessionId };
}
