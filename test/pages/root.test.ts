import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { temporaryDirectory } from '../harness/stores.js';

describe('a request for the root path', () => {
  const inProduction = {
    NODE_ENV: 'production',
    SESSION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
  };

  it('redirects a browser from the root path to GraphiQL in development', async () => {
    await whileServing({}, async (service) => {
      const { status, headers } = await ask(service, 'text/html');
      expect([status, headers.get('location')]).toEqual([302, './graphql']);
    });
  });

  it('redirects a browser from the root path to the sessions page in production', async () => {
    await whileServing(inProduction, async (service) => {
      const { status, headers } = await ask(service, 'text/html');
      expect([status, headers.get('location')]).toEqual([302, './sessions']);
    });
  });

  it('answers 404 to the root path when no page is enabled', async () => {
    await whileServing({ ...inProduction, SESSIONS_PAGE: 'false' }, async (service) => {
      expect((await ask(service, 'text/html')).status).toBe(404);
    });
  });

  it('answers 404 to a request for the root path that is not sent by a browser', async () => {
    await whileServing({}, async (service) => {
      expect((await ask(service, 'application/json')).status).toBe(404);
      expect((await ask(service, 'text/html', 'POST')).status).toBe(404);
    });
  });

  function ask({ url }: ServiceProcess, accept: string, method = 'GET'): Promise<Response> {
    return fetch(new URL('/', url), { method, headers: { accept }, redirect: 'manual' });
  }

  async function whileServing(
    environment: Record<string, string>,
    look: (service: ServiceProcess) => Promise<void>,
  ): Promise<void> {
    const directory = await temporaryDirectory();
    const service = await startServiceProcess({ DATA_DIRECTORY: directory.path, ...environment });
    try {
      await look(service);
    } finally {
      await service.stop();
      await directory.remove();
    }
  }
});
