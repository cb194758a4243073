import type { Eip1193Provider } from 'wallet-sessions-client';

declare global {
  interface Window {
    /** The legacy location of wallet extensions. */
    readonly ethereum: Eip1193Provider;
  }
}

interface Announcement extends Event {
  readonly detail: { readonly provider: Eip1193Provider };
}

const ethereum = new Promise<Eip1193Provider>((found) => {
  addEventListener('eip6963:announceProvider', (event) => {
    found((event as Announcement).detail.provider);
  });
  dispatchEvent(new Event('eip6963:requestProvider'));
});
Object.assign(window, { ethereum: await ethereum });

/** Resolves to the button with these words when it appears. */
export function button(words: string): Promise<HTMLButtonElement> {
  return new Promise((found) => {
    const look = () => {
      const buttons = [...document.querySelectorAll('button')];
      const wanted = buttons.find(({ textContent }) => textContent?.includes(words));
      if (wanted === undefined) return;
      observer.disconnect();
      found(wanted);
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true, characterData: true });
    look();
  });
}
