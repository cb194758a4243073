import { useSyncExternalStore } from 'react';

export const VIEWS = [
  { name: 'overview', title: 'Overview' },
  { name: 'wallet', title: 'Wallets' },
  { name: 'audit', title: 'Audit log' },
] as const;

/** The part of the page that is shown. It is in the fragment of the address, which no server sees. */
export interface View {
  readonly name: (typeof VIEWS)[number]['name'];
  /** The wallet that is looked up. */
  readonly wallet: string | undefined;
}

export function hrefOf(name: View['name'], wallet?: string): string {
  return wallet === undefined ? `#${name}` : `#${name}/${wallet}`;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => {
    window.removeEventListener('hashchange', listener);
  };
}

export function useView(): View {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const [, given, wallet] = /^#(\w+)(?:\/(.+))?$/.exec(hash) ?? [];
  const view = VIEWS.find(({ name }) => name === given);
  return { name: view?.name ?? 'overview', wallet };
}
