import type { Page } from 'playwright-core';

/** A screen and the preferences of its user. */
export interface Look {
  readonly name: string;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly media: { readonly colorScheme?: 'light' | 'dark'; readonly forcedColors?: 'active' };
}

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 780 };
const SMALL_PHONE = { width: 320, height: 640 };

export const LOOKS: readonly Look[] = [
  { name: 'light-1280', viewport: DESKTOP, media: { colorScheme: 'light' } },
  { name: 'dark-1280', viewport: DESKTOP, media: { colorScheme: 'dark' } },
  { name: 'forced-1280', viewport: DESKTOP, media: { forcedColors: 'active' } },
  { name: 'dark-390', viewport: PHONE, media: { colorScheme: 'dark' } },
  { name: 'light-320', viewport: SMALL_PHONE, media: { colorScheme: 'light' } },
];

/** Shows the page as it is now in each look, and examines it. The page is not loaded again. */
export async function inEachLook(page: Page, examine: (look: Look) => Promise<void>) {
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', ...look.media });
    await page.setViewportSize(look.viewport);
    // Contrast is measured when transitions are over.
    await page.evaluate(
      'Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})))',
    );
    await examine(look);
  }
}
