import { headOf, newEntryId, type AuditEntry } from '../../src/audit/entry.js';
import { createWalletHistory, type WalletHistory } from '../../src/audit/wallet-history.js';

/** An entry in a store that stands for an encrypted one: its time and id are in clear, and nothing else is in it. */
function anEntry(at: number, id = newEntryId()): Buffer {
  const head = Buffer.alloc(18);
  head.writeUIntBE(at, 0, 6);
  head.write(id, 6, 'base64url');
  return head;
}

describe('the history of wallets', () => {
  /** Opens a history of lists in which some entries were altered, and counts what it decrypts. */
  function open(lists: readonly (readonly Buffer[])[], altered: readonly Buffer[] = []) {
    const decrypted: Buffer[] = [];
    const refused: Uint8Array[][] = [];
    const wallets = lists.map((sealed) => ({
      sealed,
      decrypt(one: Uint8Array) {
        decrypted.push(one as Buffer);
        const head = headOf(one);
        if (head === undefined || altered.includes(one as Buffer)) return undefined;
        return { ...head, type: 'session.created', source: {} } satisfies AuditEntry;
      },
      refuse: (some: readonly Uint8Array[]) => void refused.push([...some]),
    }));
    return { history: createWalletHistory(wallets, 0), decrypted, refused };
  }

  const timesOn = (page: ReturnType<WalletHistory['page']>) => page.entries.map(({ at }) => at);
  const entries = [1, 2, 3, 4, 5, 6].map((at) => anEntry(at));
  const [one, two, three, four, five, six] = entries as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];

  it('returns pages of the events of several wallets, newest first, and decrypts only these', () => {
    const { history, decrypted } = open([
      [one, six, three],
      [four, two, five],
    ]);
    const first = history.page(2);
    expect(timesOn(first)).toEqual([6, 5]);
    expect(first).toMatchObject({ hasPrevious: false, hasMore: true });
    expect(decrypted).toEqual([six, five, four]);
    const second = history.page(2, first.entries.at(-1));
    expect(timesOn(second)).toEqual([4, 3]);
    expect(second).toMatchObject({ hasPrevious: true, hasMore: true });
    const last = history.page(2, second.entries.at(-1));
    expect(timesOn(last)).toEqual([2, 1]);
    expect(last).toMatchObject({ hasPrevious: true, hasMore: false });
    expect(history.entries.map(({ at }) => at)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(decrypted).toHaveLength(6);
  });

  it('returns the events after a position that no longer exists, and none after the last one', () => {
    const { history } = open([[one, two, four, five]]);
    expect(timesOn(history.page(1, { at: 3, id: newEntryId() }))).toEqual([2]);
    expect(history.page(1, { at: 0, id: '' })).toEqual({
      entries: [],
      hasPrevious: true,
      hasMore: false,
    });
    expect(history.page(0)).toEqual({ entries: [], hasPrevious: false, hasMore: true });
  });

  it('returns an event once that is in the store twice, and in the lists of two wallets', () => {
    const copies = () => [anEntry(2, 'twice-------'), anEntry(1, 'other-------')];
    const { history } = open([[...copies(), ...copies()], copies()]);
    expect(timesOn(history.page(1))).toEqual([2]);
    expect(timesOn(history.page(2))).toEqual([2, 1]);
    expect(history.page(2).hasMore).toBe(false);
    expect(history.entries).toHaveLength(2);
  });

  it('fills a page with the events that follow altered entries, and tells of each of them once', () => {
    const short = Buffer.from('short');
    const { history, refused } = open([[one, two, three, four, short]], [four, two]);
    expect(refused).toEqual([[short]]);
    const page = history.page(1);
    expect(timesOn(page)).toEqual([3]);
    expect(page).toMatchObject({ hasPrevious: false, hasMore: true });
    expect(refused).toEqual([[short], [four], [two]]);
    expect(history.unreadable).toBe(3);
    expect(history.entries.map(({ at }) => at)).toEqual([3, 1]);
    expect(refused).toHaveLength(3);
  });

  it('shows a readable copy of an altered entry', () => {
    const [altered, copy] = [anEntry(2, 'twice-------'), anEntry(2, 'twice-------')];
    const { history } = open([[altered, copy]], [altered]);
    expect(timesOn(history.page(1))).toEqual([2]);
    expect(history.unreadable).toBe(1);
  });
});
