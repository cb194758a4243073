import type { Events } from './events.js';
import { isLater, type Grant, type SessionEnd, type SessionState } from './session.js';
import { load, remove, save, saveIfLater, type TokenStorage } from './storage.js';
import type { Channel } from './surroundings.js';

export interface KeeperEvents {
  change: SessionState;
  end: SessionEnd;
  error: unknown;
}

/** Holds the client's session in memory, synchronized with the storage and other tabs. */
export interface GrantKeeper {
  readonly current: Grant | undefined;
  readonly state: SessionState;
  /** Resolves when the storage has been read. */
  readonly ready: Promise<void>;
  /** Reads the storage again: another tab may have refreshed. */
  reload(): Promise<void>;
  /** Replaces the grant; resolves when it is stored. */
  take(grant: Grant): Promise<void>;
  /** Drops the session if it is still the current one, with the reason. */
  end(end: SessionEnd): Promise<void>;
  /** Stops the exchange with other tabs. The grant is still stored. */
  close(): void;
}

/** A message between tabs. */
type Message = { grant: Grant } | { end: SessionEnd } | { asks: true };

/**
 * @param key the key in the storage
 * @param channel the channel to other clients that share the session
 * @param recall finds a session whose tokens are in cookies
 */
export function createGrantKeeper(
  key: string,
  storage: TokenStorage | undefined,
  channel: Channel | undefined,
  events: Events<KeeperEvents>,
  recall: () => Promise<Grant | undefined>,
): GrantKeeper {
  let current: Grant | undefined;
  let state: SessionState = { status: 'loading' };
  let lastEnd: SessionEnd | undefined;

  function hold(grant: Grant | undefined) {
    current = grant;
    state = grant
      ? { status: 'signed-in', session: grant.session }
      : { status: 'signed-out', end: lastEnd };
    events.emit('change', state);
  }

  /** A grant that arrives after its session ended must not bring the session back. */
  const hasEnded = ({ session }: Grant) => session.id === lastEnd?.sessionId;

  /** Of the grants of other tabs, the latest wins. */
  function adopt(grant: Grant | undefined): boolean {
    if (!grant || hasEnded(grant)) return false;
    if (current && !isLater(grant, current)) return false;
    hold(grant);
    return true;
  }

  async function drop(end: SessionEnd, tellOthers: boolean) {
    if (current?.session.id !== end.sessionId) return;
    lastEnd = end;
    hold(undefined);
    events.emit('end', end);
    if (tellOthers) tell({ end });
    await stored((kept) => remove(kept, key, end.sessionId));
  }

  const tell = (message: Message) => channel?.postMessage(message);

  /** If the storage fails, the client continues from memory. */
  async function stored<Value>(act: (storage: TokenStorage) => Promise<Value>) {
    try {
      return storage && (await act(storage));
    } catch (error) {
      events.emit('error', error);
      return undefined;
    }
  }

  async function reload() {
    adopt(await stored((kept) => load(kept, key)));
  }

  if (channel) {
    channel.unref?.();
    channel.onmessage = ({ data }: { data: Message }) => {
      if ('grant' in data) {
        // A storage of only this tab (`sessionStorage`) must be updated too.
        if (adopt(data.grant)) void stored((kept) => saveIfLater(kept, key, data.grant));
      } else if ('end' in data) {
        void drop(data.end, false);
      } else if (current) {
        tell({ grant: current });
      }
    };
    tell({ asks: true });
  }

  const ready = reload().then(async () => {
    try {
      if (!current) adopt(await recall());
    } catch (error) {
      events.emit('error', error);
    }
    if (state.status === 'loading') hold(undefined);
  });

  return {
    get current() {
      return current;
    },
    get state() {
      return state;
    },
    ready,
    reload,
    async take(grant) {
      if (hasEnded(grant)) return;
      hold(grant);
      // First, because the previous tokens are used.
      await stored((kept) => save(kept, key, grant));
      if (current === grant) tell({ grant });
      // It ended while it was being stored.
      if (hasEnded(grant)) await stored((kept) => remove(kept, key, grant.session.id));
    },
    end: (end) => drop(end, true),
    close() {
      channel?.close();
      channel = undefined;
    },
  };
}
