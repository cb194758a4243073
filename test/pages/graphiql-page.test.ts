import { LogoutDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { pageUnderTest } from '../harness/page-under-test.js';
import { startServiceProcess } from '../harness/service-process.js';
import { temporaryDirectory } from '../harness/stores.js';

describe('GraphiQL at /graphql', () => {
  const under = pageUnderTest({ path: '/graphql', viewport: { width: 1280, height: 800 } });
  beforeEach(async () => {
    await under.page.getByRole('tab', { name: 'CurrentSession' }).waitFor();
    // Until both editors are there, GraphiQL does nothing when it is told to execute.
    for (const pane of ['.graphiql-query-editor', '.graphiql-response']) {
      await under.page.locator(`${pane} .monaco-editor`).first().waitFor();
    }
  });

  const run = () => under.button(/^Execute query/).click();
  const response = () => under.page.locator('.graphiql-response');

  it('sends operations as nobody at first, and as the session once signed in', async () => {
    await run();
    await response().getByText('"session": null').waitFor();
    await under.signIn();
    await run();
    await response().getByText(`"${under.wallet.address}"`).waitFor();
    await under.window.screenshot('graphiql');
  });

  it('shows what a subscription hears', async () => {
    await under.signIn();
    await under.page.getByRole('tab', { name: 'SessionRevoked' }).click();
    // GraphiQL reads which operation a tab has a moment after it is opened, and then remembers the tab.
    const isRemembered = `JSON.parse(localStorage.getItem('graphiql:tabState')).activeTabIndex === 2`;
    while (!(await under.page.evaluate(isRemembered)));
    await run();
    const heard = response()
      .getByText('"reason": "LOGOUT"')
      .waitFor()
      .then(() => true);
    // Until the subscription stands, there is nothing to be heard: sessions end until one is.
    const endOne = async () => {
      const { accessToken } = await signIn(under.service.url, under.wallet);
      await apiClient(under.service.url, accessToken).request(LogoutDocument, {});
      return false;
    };
    while (!(await Promise.race([heard, endOne()])));
  });

  it('offers a throw-away wallet in development', async () => {
    await under.button('Sign in with wallet').click();
    await under.button(/A throw-away wallet/).click();
    await under.page.getByText(/Signed in as 0x/).waitFor();
  });

  it('has everything on the screen of a phone, one above the other', async () => {
    await under.page.setViewportSize({ width: 360, height: 740 });
    await under.signIn();
    await run();
    await response().getByText('"session": {').waitFor();
    const box = await under.button('Log out').boundingBox();
    expect((box?.x ?? NaN) + (box?.width ?? NaN)).toBeLessThanOrEqual(360);
    await under.window.screenshot('graphiql-360');
  });

  it('is the manual: its explorer has the descriptions', async () => {
    await under.button('Show Documentation Explorer').click();
    await under.page.getByRole('link', { name: 'Query', exact: true }).click();
    await under.page.getByText('What a wallet can see').waitFor();
    await under.window.screenshot('graphiql-explorer');
  });
});

describe('in production', () => {
  it('there is no GraphiQL and no throw-away wallet, unless it is asked for', async () => {
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
