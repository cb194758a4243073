import { entriesSince } from '../../src/cli/commands/audit-tail.js';
import type { SessionId } from '../../src/sessions/session.js';
import { aKey, openDomain, type TestDomain } from '../harness/domain.js';
import { aWallet } from '../harness/wallet.js';

describe('audit tail --follow', () => {
  const { account: wallet } = aWallet();
  let domain: TestDomain;

  beforeEach(async () => {
    domain = await openDomain();
  });
  afterEach(() => domain.close());

  const sessionId = (number: number) => String(number).padStart(20, '0') as SessionId;

  /** Audits one event for each number, in order of time. */
  async function audit(numbers: readonly number[], by: Pick<TestDomain, 'auditLog'> = domain) {
    for (const number of numbers) {
      const at = domain.clock.now();
      by.auditLog.audit({
        type: 'session.reauthenticated',
        at,
        wallet,
        sessionId: sessionId(number),
      });
      domain.clock.advance(1);
    }
    await by.auditLog.flush();
  }

  const range = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, position) => from + position);
  const since = async (known: readonly string[], of?: typeof wallet) =>
    entriesSince(domain.auditLog, new Set(known), of, 1);
  const numbersOf = (entries: readonly { readonly sessionId?: string | undefined }[]) =>
    entries.map((entry) => Number(entry.sessionId));

  it('returns every audit entry since the last known one, even when entries in between cannot be decrypted', async () => {
    await audit([1]);
    const known = await since([]);
    await audit(range(2, 152));
    await audit([0], domain.withKeys([aKey('foreign')]));
    await audit(range(152, 202));
    const now = await since(known.map(({ id }) => id));
    expect(numbersOf(now)).toEqual(range(2, 202));
    expect(await since(now.map(({ id }) => id))).toEqual([]);
  });

  it('returns every unknown audit entry of a wallet, whether newer or older than the known ones', async () => {
    await audit([1, 2]);
    const [first, second] = await since([], wallet);
    await audit([3]);
    expect(numbersOf(await since([second?.id ?? ''], wallet))).toEqual([1, 3]);
    expect(numbersOf(await since([first?.id ?? '', second?.id ?? ''], wallet))).toEqual([3]);
  });
});
