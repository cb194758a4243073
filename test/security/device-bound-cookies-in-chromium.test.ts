import type { BrowserContext, Page } from 'playwright-core';
import { aCertificateAuthority } from '../harness/certificates.js';
import { createFakeClock } from '../harness/clock.js';
import {
  launchDeviceBoundBrowser,
  type DeviceBoundBrowser,
} from '../harness/device-bound-browser.js';
import { eventually } from '../harness/eventually.js';
import { startTestService, type TestService } from '../harness/service.js';
import { temporaryDirectory } from '../harness/stores.js';
import { openTlsFront } from '../harness/tls-front.js';
import { aWallet } from '../harness/wallet.js';

const DEVICE = '__Host-wallet-device';
const MINUTE = 60_000;

// Over TLS, because browsers bind sessions of secure origins only.
describe('a session in cookies that Chromium binds to its device', () => {
  const clock = createFakeClock();
  const releases: (() => Promise<unknown>)[] = [];
  let service: TestService;
  let origin: string;
  let device: DeviceBoundBrowser;
  let profile: BrowserContext;
  let page: Page;
  let session: unknown;
  beforeAll(async () => {
    const directory = await temporaryDirectory();
    const authority = await aCertificateAuthority(directory.path, 'device-bound');
    const front = await openTlsFront(authority, () => Number(new URL(service.url).port));
    origin = `https://localhost:${front.port}`;
    const environment = { COOKIES: 'true', DEVICE_BINDING: 'true', SIGN_IN_ORIGINS: origin };
    service = await startTestService('embedded', environment, clock);
    device = await launchDeviceBoundBrowser(front.spkiHash);
    profile = device.profile;
    releases.push(
      () => directory.remove(),
      service.stop,
      () => front.close(),
      device.close,
    );
    // Once: Chromium limits how often it signs for an origin.
    page = await aBoundPage();
    session = await sessionOf(page);
  });
  afterAll(async () => {
    for (const release of releases.reverse()) await release();
  });

  async function openPage(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${origin}/healthz`);
    return page;
  }

  /** Sends an operation from a script of the page. */
  const ask = (page: Page, query: string, variables: object = {}) =>
    page.evaluate(async (body) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch('/graphql', { method: 'POST', headers, body });
      return (await response.json()) as { data?: Record<string, Record<string, unknown> | null> };
    }, JSON.stringify({ query, variables }));
  const sessionOf = async (page: Page) =>
    (await ask(page, '{ session { id deviceBound } }')).data?.['session'];
  const deviceCookie = async () =>
    (await profile.cookies(origin)).find(({ name }) => name === DEVICE)?.value;

  /** Signs in and waits until the browser has registered its key. */
  async function aBoundPage(): Promise<Page> {
    const page = await openPage(profile);
    const wallet = aWallet();
    const challenge = await ask(
      page,
      'mutation ($account: AccountId!) { createSignInChallenge(account: $account) { message } }',
      { account: wallet.account },
    );
    const message = String(challenge.data?.['createSignInChallenge']?.['message']);
    await ask(
      page,
      `mutation ($message: String!, $signature: String!) {
        signIn(message: $message, signature: $signature) { accessToken }
      }`,
      { message, signature: await wallet.sign(message) },
    );
    await eventually(async () => {
      expect(await deviceCookie()).toEqual(expect.any(String));
    });
    clock.advance(MINUTE);
    return page;
  }

  it('is bound by Chromium right after the sign-in, without any script', async () => {
    expect(session).toMatchObject({ deviceBound: true });
    const [cookie] = (await profile.cookies(origin)).filter(({ name }) => name === DEVICE);
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict' });
  });

  it('gets another device cookie for a proof before a request goes on, when the cookie has run out', async () => {
    const before = await deviceCookie();
    await profile.clearCookies({ name: DEVICE });
    clock.advance(10 * MINUTE);
    expect(await sessionOf(page)).toEqual(session);
    expect(await deviceCookie()).not.toBe(before);
  });

  it('is refused in another browser with all its copied cookies, once the device cookie has run out', async () => {
    const thief = await device.browser.newContext({ ignoreHTTPSErrors: true });
    await thief.addCookies(await profile.cookies(origin));
    const stolen = await openPage(thief);
    expect(await sessionOf(stolen)).toEqual(session);
    clock.advance(5 * MINUTE);
    expect(await sessionOf(stolen)).toBeNull();
    await thief.close();
    // Ends when the browser's clock says so, which the test cannot advance.
    await profile.clearCookies({ name: DEVICE });
    expect(await sessionOf(page)).toEqual(session);
  });

  it('opens WebSockets of its pages', async () => {
    await profile.clearCookies({ name: DEVICE });
    expect(await sessionOf(page)).toEqual(session);
    const heard = await page.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url, 'graphql-transport-ws');
          const payload = { query: '{ session { id deviceBound } }' };
          socket.onopen = () => {
            socket.send('{"type":"connection_init"}');
          };
          socket.onmessage = ({ data }: MessageEvent<string>) => {
            const { type } = JSON.parse(data) as { type: string };
            if (type === 'next') resolve(data);
            if (type === 'connection_ack') {
              socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }));
            }
          };
          socket.onclose = ({ code }) => {
            resolve(`closed with ${code}`);
          };
        }),
      `${origin.replace('https', 'wss')}/graphql`,
    );
    expect(JSON.parse(heard)).toMatchObject({ payload: { data: { session } } });
  });
});
