import { LogoutDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { pageUnderTest } from '../harness/page-under-test.js';

describe('the list on the page at /sessions', () => {
  const under = pageUnderTest({ path: '/sessions' });

  const rows = () =>
    under.page.getByRole('list', { name: 'Active sessions' }).getByRole('listitem');

  it('does not list a session that ended while the list was loading', async () => {
    const [phone] = [
      await signIn(under.service.url, under.wallet, { device: 'Phone' }),
      await signIn(under.service.url, under.wallet, { device: 'Tablet' }),
    ];
    let hold = () => {};
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (hold = resolve));
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    await under.page.route(under.service.url, async (route) => {
      if (!route.request().postData()?.includes('query ListedSessions(')) return route.continue();
      const response = await route.fetch();
      expect(await response.text()).toContain('Phone');
      hold();
      await gate;
      return route.fulfill({ response });
    });
    const told = new Promise<void>((resolve) => {
      under.page.on('websocket', (socket) => {
        socket.on('framereceived', ({ payload }) => {
          if (payload.toString().includes(phone.session.id)) resolve();
        });
      });
    });
    await under.signIn();
    await held;
    await apiClient(under.service.url, phone.accessToken).request(LogoutDocument, {});
    await told;
    letGo();
    await rows().filter({ hasText: 'Tablet' }).waitFor();
    expect(await rows().filter({ hasText: 'Phone' }).count()).toBe(0);
  });
});
