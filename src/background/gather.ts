/** The maximum number of items that are written together: a bound on how long they block the server. */
const AT_ONCE = 500;

interface Group<Item> {
  readonly items: Item[];
  /** Settles when all of them have been written. */
  readonly written: Promise<void>;
}

/**
 * Makes a function that writes items to keys. The items for one key that are added before the current task ends are
 * written together, in their order, and succeed or fail together.
 */
export function gatherWrites<Item>(
  write: (key: string, items: readonly Item[]) => Promise<unknown>,
): (key: string, item: Item) => Promise<void> {
  const groups = new Map<string, Group<Item>>();

  function open(key: string): Group<Item> {
    const items: Item[] = [];
    const written = Promise.resolve().then(async () => {
      if (groups.get(key) === group) groups.delete(key);
      await write(key, items);
    });
    const group = { items, written };
    groups.set(key, group);
    return group;
  }

  return (key, item) => {
    const current = groups.get(key);
    const group = current === undefined || current.items.length === AT_ONCE ? open(key) : current;
    group.items.push(item);
    return group.written;
  };
}
