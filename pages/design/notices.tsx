import { useSyncExternalStore } from 'react';
import { Icon } from './icon.js';
import './notices.css';

/** A message about something that has just happened. */
interface Notice {
  readonly id: number;
  readonly text: string;
}

const SHOWN_FOR = 8000;
const MOST = 3;

let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

/** Shows a message for some seconds, and has screen readers read it. */
export function notify(text: string): void {
  const id = (lastId += 1);
  set([...notices, { id, text }].slice(-MOST));
  setTimeout(() => {
    dismiss(id);
  }, SHOWN_FOR);
}

function dismiss(id: number): void {
  set(notices.filter((notice) => notice.id !== id));
}

function set(changed: readonly Notice[]): void {
  notices = changed;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The place of the messages on the page. */
export function Notices() {
  const shown = useSyncExternalStore(subscribe, () => notices);
  return (
    <div role="status" aria-label="Notices" className="notices">
      {shown.map(({ id, text }) => (
        <p key={id}>
          <span>{text}</span>
          <button
            type="button"
            aria-label="Dismiss"
            onClick={() => {
              dismiss(id);
            }}
          >
            <Icon name="close" size={16} />
          </button>
        </p>
      ))}
    </div>
  );
}
