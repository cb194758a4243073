import { CurrentSessionDocument } from '../generated/graphql.js';
import { apiClient, signIn, type TokenGrant } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { startServiceProcess } from '../harness/service-process.js';
import { NO_LIMITS } from '../harness/service.js';
import { temporaryDirectory } from '../harness/stores.js';

const KILLS = 2;
/** Sign-ins that are acknowledged before each kill. */
const SIGN_INS = 20;

describe('a service on the embedded store that is killed while it writes', () => {
  it('restarts with every acknowledged session after it was killed while writing to the embedded store', async () => {
    const directory = await temporaryDirectory();
    const start = () =>
      startServiceProcess({
        ...NO_LIMITS,
        DATA_DIRECTORY: directory.path,
        SIGN_IN_ORIGINS: 'http://localhost',
      });
    const acknowledged: TokenGrant[] = [];
    for (let kills = 1; kills <= KILLS; kills += 1) {
      const service = await start();
      const loops = Array.from({ length: 8 }, async () => {
        // Until the service is killed.
        for (;;) acknowledged.push(await signIn(service.url));
      });
      const ended = Promise.allSettled(loops);
      await eventually(() => {
        expect(acknowledged.length).toBeGreaterThanOrEqual(kills * SIGN_INS);
        return Promise.resolve();
      });
      await service.stop('SIGKILL');
      await ended;
    }
    const service = await start();
    for (const { accessToken, session } of acknowledged) {
      const answer = await apiClient(service.url, accessToken).request(CurrentSessionDocument);
      expect(answer.session?.id).toBe(session.id);
    }
    await service.stop();
    await directory.remove();
  });
});
