import type { Locator } from 'playwright-core';
import { LogoutDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { pageUnderTest } from '../harness/page-under-test.js';
import { startServiceProcess } from '../harness/service-process.js';
import { temporaryDirectory } from '../harness/stores.js';

describe('GraphiQL at /graphql', () => {
  const under = pageUnderTest({
    path: '/graphql',
    viewport: { width: 1280, height: 800 },
    environment: () => ({ SIGN_IN_CHAIN_IDS: 'eip155:1,solana:mainnet' }),
  });
  beforeEach(async () => {
    await under.page.getByRole('tab', { name: 'CurrentSession' }).waitFor();
    // GraphiQL ignores its execute button until both editors are loaded.
    for (const pane of ['.graphiql-query-editor', '.graphiql-response']) {
      await under.page.locator(`${pane} .monaco-editor`).first().waitFor();
    }
  });

  const run = () => under.button(/^Execute query/).click();
  const response = () => under.page.locator('.graphiql-response');

  it('sends operations in GraphiQL without a session at first and with it after sign-in', async () => {
    await run();
    await response().getByText('"session": null').waitFor();
    await under.signIn();
    await run();
    await response().getByText(`"${under.wallet.account}"`).waitFor();
    await under.window.screenshot('graphiql');
  });

  it('shows the events of a subscription in GraphiQL', async () => {
    await under.signIn();
    await under.page.getByRole('tab', { name: 'SessionRevoked' }).click();
    // GraphiQL reads the operation of a tab shortly after the tab is opened, and then stores the tab.
    const isStored = `JSON.parse(localStorage.getItem('graphiql:tabState')).activeTabIndex === 2`;
    while (!(await under.page.evaluate(isStored)));
    await run();
    const eventShown = response()
      .getByText('"reason": "LOGOUT"')
      .waitFor()
      .then(() => true);
    // Ends sessions until the subscription is active and shows one of them.
    const endOne = async () => {
      const { accessToken } = await signIn(under.service.url, under.wallet);
      await apiClient(under.service.url, accessToken).request(LogoutDocument, {});
      return false;
    };
    while (!(await Promise.race([eventShown, endOne()])));
  });

  it('lets users sign in to GraphiQL with the keyboard alone', async () => {
    const { keyboard } = under.page;
    await under.tabTo(under.button('Sign in with wallet'));
    await keyboard.press('Enter');
    await under.tabTo(under.button('Test Wallet'));
    await keyboard.press('Enter');
    await under.page.getByText('Operations are sent with the session of').waitFor();
  });

  it('lets users write and run an operation, read its response and leave every editor with the keyboard alone', async () => {
    const { page, tabTo } = under;
    const { keyboard } = page;
    const editor = (name: string) => page.getByRole('group', { name });
    const cursorIn = (name: string) => editor(name).getByRole('textbox');
    const hasFocus = (element: Locator) => element.and(page.locator(':focus')).waitFor();

    await tabTo(editor('Operation editor'));
    await under.window.screenshot('graphiql-keyboard');
    await keyboard.press('Enter');
    await hasFocus(cursorIn('Operation editor'));
    await keyboard.press('ControlOrMeta+A');
    await keyboard.insertText('query Written { __typename }');
    // The first one takes back the list of suggestions, if there is one.
    while (!(await editor('Operation editor').evaluate((frame) => frame.matches(':focus')))) {
      await keyboard.press('Escape');
    }
    await tabTo(under.button(/^Execute query/));
    await keyboard.press('Enter');
    await response().getByText('"__typename": "Query"').waitFor();

    await tabTo(editor('Variables editor'));
    await tabTo(editor('Response'));
    await keyboard.press('Enter');
    await hasFocus(cursorIn('Response'));
    await keyboard.press('Escape');
    await hasFocus(editor('Response'));
    await tabTo(under.button('Sign in with wallet'));
  });

  it('offers a throw-away wallet in GraphiQL in development mode', async () => {
    await under.button('Sign in with wallet').click();
    await under.button(/Throw-away wallet/).click();
    await under.button(/^Account 0x/).waitFor();
  });

  it('offers a throw-away Solana wallet in development mode where Solana wallets may sign in', async () => {
    await under.button('Sign in with wallet').click();
    await under.button('Throw-away Solana wallet').click();
    await under.page.getByText('Operations are sent with the session of').waitFor();
    await run();
    await response().getByText('"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:').waitFor();
  });

  it('fits GraphiQL to the width of a phone screen', async () => {
    await under.page.setViewportSize({ width: 360, height: 740 });
    await under.signIn();
    await run();
    await response().getByText('"session": {').waitFor();
    const box = await under.button(/^Account 0x/).boundingBox();
    expect((box?.x ?? NaN) + (box?.width ?? NaN)).toBeLessThanOrEqual(360);
    await under.window.screenshot('graphiql-360');
  });

  it('shows the descriptions of the schema in the documentation explorer of GraphiQL', async () => {
    await under.button('Show Documentation Explorer').click();
    await under.page.getByRole('link', { name: 'Query', exact: true }).click();
    await under.page.getByText('Reads sessions, audit events and statistics.').waitFor();
    await under.window.screenshot('graphiql-explorer');
  });
});

describe('a service in production', () => {
  it('serves neither GraphiQL nor a throw-away wallet in production by default', async () => {
    const directory = await temporaryDirectory();
    const service = await startServiceProcess({
      DATA_DIRECTORY: directory.path,
      NODE_ENV: 'production',
      SESSION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    });
    const visit = async (path: string) =>
      fetch(new URL(path, service.url), { headers: { accept: 'text/html' } });
    expect((await visit('/graphql')).headers.get('content-type')).not.toContain('text/html');
    const sessions = await visit('/sessions');
    expect(sessions.status).toBe(200);
    expect(await sessions.text()).not.toContain('data-development');
    await service.stop();
    await directory.remove();
  });
});
