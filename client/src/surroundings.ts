import type { WebSocketClass } from './subscription-socket.js';

/**
 * What the client finds around it, in a browser, in Node or elsewhere, and can do without. Typed here
 * by the little that is used, so that neither the DOM's types nor Node's are needed to compile it.
 */
interface Surroundings {
  readonly location?: { readonly href: string };
  readonly document?: Listenable;
  readonly navigator?: { readonly locks?: LockManager };
  readonly BroadcastChannel?: new (name: string) => Channel;
  readonly WebSocket?: WebSocketClass;
  readonly addEventListener?: Listenable['addEventListener'];
  readonly removeEventListener?: Listenable['removeEventListener'];
}

interface Listenable {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** The Web Locks API. */
interface LockManager {
  request<Value>(name: string, task: () => Promise<Value>): Promise<Value>;
}

/** A `BroadcastChannel`: what one posts, all others of that name and origin get. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: never) => void) | null;
  close(): void;
  /** Node's: it does not keep the process alive. */
  unref?(): void;
}

export const surroundings = globalThis as Surroundings;

/** To the other clients of that name; to none where there is no name, or nothing to reach them by. */
export function openChannel(name: string | undefined): Channel | undefined {
  const { BroadcastChannel } = surroundings;
  if (name === undefined || !BroadcastChannel) return undefined;
  return new BroadcastChannel(name);
}

/**
 * Calls back when timers may have been paused: the machine woke, the network came back, the tab became visible.
 * @returns a function that stops it
 */
export function onWake(callback: () => void): () => void {
  const each = (act: 'addEventListener' | 'removeEventListener') => {
    for (const type of ['online', 'focus', 'pageshow']) surroundings[act]?.(type, callback);
    surroundings.document?.[act]('visibilitychange', callback);
  };
  each('addEventListener');
  return () => {
    each('removeEventListener');
  };
}
