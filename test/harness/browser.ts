import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { ensureHeadlessChromium } from './system-package.js';
import type { TestWallet } from './wallet.js';

/** The directory of screenshots, which are not committed. */
const ARTIFACTS = resolve(__dirname, '../../artifacts');

/** @param resolverRules the hosts that have another address, in the syntax of Chromium: `MAP app.example.com 127.0.0.1` */
export async function launchBrowser(resolverRules?: string): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureHeadlessChromium(),
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
      ...(resolverRules === undefined ? [] : [`--host-resolver-rules=${resolverRules}`]),
    ],
  });
}

export interface BrowserWindow {
  readonly context: BrowserContext;
  readonly page: Page;
  /** The errors of the page, including violations of its content security policy. */
  readonly complaints: readonly string[];
  /** Drops the complaints that a test provoked. */
  forgive(expected: RegExp): void;
  /** Keeps a picture of the whole page, if the variable `SCREENSHOTS` is set. */
  screenshot(name: string): Promise<void>;
}

/**
 * A window with a wallet extension that announces itself (EIP-6963) and signs with the key of the wallet; without a wallet,
 * none does. The page's `testWalletAnswers` replaces answers of the extension by method.
 */
export async function openWindow(
  browser: Browser,
  wallet: TestWallet | undefined,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserWindow> {
  const context = await browser.newContext(options);
  if (wallet) {
    await context.exposeFunction('signWithTestWallet', (hex: string) =>
      wallet.sign(Buffer.from(hex.slice(2), 'hex').toString()),
    );
    await context.addInitScript(announceWallet, wallet.address);
  }
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return {
    context,
    page,
    complaints,
    forgive(expected) {
      const others = complaints.filter((complaint) => !expected.test(complaint));
      complaints.splice(0, Infinity, ...others);
    },
    async screenshot(name) {
      if (process.env['SCREENSHOTS'] === undefined) return;
      await mkdir(ARTIFACTS, { recursive: true });
      await page.screenshot({ path: resolve(ARTIFACTS, `${name}.png`), fullPage: true });
    },
  };
}

/** Runs in the page before the page's own scripts. */
function announceWallet(address: string): void {
  const scope = globalThis as unknown as EventTarget & {
    signWithTestWallet(hex: string): Promise<string>;
    testWalletAnswers: Record<string, { result?: string; code?: number }>;
  };
  scope.testWalletAnswers = {};
  const provider = {
    request({ method, params }: { method: string; params?: string[] }): Promise<unknown> {
      const answer = scope.testWalletAnswers[method];
      if (answer?.code !== undefined) {
        return Promise.reject(Object.assign(new Error(`${method} failed.`), answer));
      }
      if (answer) return Promise.resolve(answer.result);
      if (method === 'eth_requestAccounts') return Promise.resolve([address]);
      if (method === 'eth_chainId') return Promise.resolve('0x1');
      if (method === 'personal_sign') return scope.signWithTestWallet(params?.[0] ?? '');
      return Promise.reject(new Error(`The test wallet knows no ${method}.`));
    },
  };
  const info = {
    uuid: '350670db-19fa-4704-a166-e52e178b59d2',
    name: 'Test Wallet',
    rdns: 'test.wallet',
    icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>',
  };
  const announce = () => {
    scope.dispatchEvent(
      new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }),
    );
  };
  scope.addEventListener('eip6963:requestProvider', announce);
  announce();
}
