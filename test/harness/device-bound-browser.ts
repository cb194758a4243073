import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { temporaryDirectory } from './stores.js';
import { ensureChromium } from './system-package.js';

/** Chromium with Device Bound Session Credentials, whose keys are in software: a test machine may have no TPM. */
export interface DeviceBoundBrowser {
  readonly browser: Browser;
  /** The context whose sessions it binds. */
  readonly profile: BrowserContext;
  close(): Promise<void>;
}

const FEATURES = 'DeviceBoundSessions,EnableBoundSessionCredentialsSoftwareKeysForManualTesting';

/**
 * Starts Chromium itself, because the launcher of Playwright turns the feature off, and connects to it.
 * @param spkiHash SHA-256 of the public key of the certificate that it accepts, in base64
 */
export async function launchDeviceBoundBrowser(spkiHash: string): Promise<DeviceBoundBrowser> {
  const profile = await temporaryDirectory();
  const child = spawn(
    await ensureChromium(),
    [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run'],
      ...['--disable-background-networking', '--disable-sync', '--remote-debugging-port=0'],
      `--user-data-dir=${profile.path}`,
      `--ignore-certificate-errors-spki-list=${spkiHash}`,
      `--enable-features=${FEATURES}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = once(child, 'exit');
  const endpoint = await new Promise<string>((found, failed) => {
    createInterface(child.stderr).on('line', (line) => {
      const [, url] = /DevTools listening on (\S+)/.exec(line) ?? [];
      if (url !== undefined) found(url);
    });
    void exited.then(() => {
      failed(new Error('Chromium exited before it could be reached.'));
    });
  });
  const browser = await chromium.connectOverCDP(endpoint);
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('Chromium has no profile.');
  return {
    browser,
    profile: context,
    async close() {
      await browser.close();
      child.kill();
      await exited;
      await profile.remove();
    },
  };
}
