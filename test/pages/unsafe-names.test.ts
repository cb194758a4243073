import { pageUnderTest } from '../harness/page-under-test.js';
import { startTestService, TEST_KEY, type TestService } from '../harness/service.js';
import { ownPrefix, redisUrl } from '../harness/stores.js';
import { storeUnsafeSession, VISIBLE_NAME } from '../harness/unsafe-names.js';

describe('unsafe names on the sessions page', () => {
  const environment = {
    REDIS_URL: redisUrl(),
    REDIS_KEY_PREFIX: ownPrefix(),
    SESSION_KEYS: TEST_KEY,
  };
  const under = pageUnderTest({ path: '/sessions', environment: () => environment });
  let beside: TestService;
  beforeAll(async () => {
    beside = await startTestService('Redis', environment);
  });
  afterAll(() => beside.stop());

  it('removes the unsafe characters of names on the sessions page and isolates their text direction', async () => {
    await storeUnsafeSession(beside, under.wallet);
    await under.signIn();
    const row = under.page
      .getByRole('list', { name: 'Active sessions' })
      .getByRole('listitem')
      .filter({ hasText: VISIBLE_NAME });
    await row.waitFor();
    expect(await row.locator('bdi').allTextContents()).toEqual([
      VISIBLE_NAME,
      VISIBLE_NAME,
      '192.0.2.1',
    ]);
    await under.button(`Sign out ${VISIBLE_NAME}`).waitFor();
    const events = under.page.getByRole('list', { name: 'Recent activity' });
    await events.locator('bdi', { hasText: 'Pho2J[31mne' }).first().waitFor();
  });
});
