// Reports, for each page, the first contentful paint and the long tasks (over 50 ms) while it loads: on this machine, and
// with a processor four times as slow, like that of a phone. Needs `npm run build`, `npm run build:pages` and Chromium
// (`CHROMIUM` names its path).
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

/** Without an administrator, /admin is not served. */
const ADMIN_WALLETS = 'eip155:0:0x9858EfFD232B4033E47d90003D41EC34EcaEda94';
const PAGES = ['/sessions', '/graphql', '/admin'];

const directory = await mkdtemp(join(tmpdir(), 'measure-pages-'));
const service = spawn(process.execPath, ['dist/main.js'], {
  env: { ...process.env, PORT: '0', DATA_DIRECTORY: directory, ADMIN_WALLETS },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const url = await urlOf(service);
  for (const path of PAGES) {
    for (const slowdown of [1, 4])
      report(path, slowdown, await measure(url.replace(/\/graphql$/, path), slowdown));
  }
} finally {
  await browser.close();
  service.kill();
  await rm(directory, { recursive: true, force: true });
}

/** The address that the service logs when it has started. */
async function urlOf({ stdout }) {
  for await (const line of createInterface({ input: stdout })) {
    const { url } = JSON.parse(line);
    if (url !== undefined) return url;
  }
  throw new Error('The service did not start.');
}

async function measure(url, slowdown) {
  // The policy of the pages forbids the evaluation of texts, by which Playwright waits.
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await page.addInitScript(`
    globalThis.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
  `);
  await page.goto(url, { waitUntil: 'networkidle' });
  const paint = await page.waitForFunction(
    `performance.getEntriesByName('first-contentful-paint')[0]?.startTime`,
  );
  const measured = { paint: await paint.jsonValue(), longTasks: await page.evaluate('longTasks') };
  await context.close();
  return measured;
}

function report(path, slowdown, { paint, longTasks }) {
  const total = longTasks.reduce((sum, duration) => sum + duration, 0);
  const tasks = longTasks.length === 0 ? 'none' : `${longTasks.length}, ${Math.round(total)} ms`;
  console.log(
    `${path}, processor 1/${slowdown}: first contentful paint ${Math.round(paint)} ms; long tasks: ${tasks}`,
  );
}
