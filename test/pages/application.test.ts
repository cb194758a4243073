import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { temporaryDirectory } from '../harness/stores.js';

describe('the application that the pages name', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let service: ServiceProcess;
  beforeAll(async () => {
    directory = await temporaryDirectory();
    service = await startServiceProcess({
      DATA_DIRECTORY: directory.path,
      APPLICATION_NAME: 'Fish & "Chips" <script>',
      APPLICATION_URL: 'https://app.example.com/?from=a&to=b',
      APPLICATION_LOGO_URL: 'https://cdn.example.com/logo.svg',
    });
  });
  afterAll(async () => {
    await service.stop();
    await directory.remove();
  });

  it.each(['/sessions', '/graphql'])(
    'escapes the name of the application in the HTML of %s',
    async (path) => {
      const html = await (await visit(path)).text();
      expect(html).toContain('data-application-name="Fish &amp; &quot;Chips&quot; &lt;script&gt;"');
      expect(html).toContain('data-application-url="https://app.example.com/?from=a&amp;to=b"');
      expect(html).toContain(' · Fish &amp; &quot;Chips&quot; &lt;script&gt;</title>');
    },
  );

  it('does not serve the administration page if no wallet is an administrator', async () => {
    expect((await visit('/admin')).status).toBe(404);
  });

  it('allows images, and nothing else, from the origin of the logo', async () => {
    const policy = (await visit('/sessions')).headers.get('content-security-policy') ?? '';
    const directives = policy.split('; ').filter((directive) => directive.includes('example.com'));
    expect(directives).toEqual(["img-src 'self' data: https://cdn.example.com"]);
  });

  const visit = (path: string) =>
    fetch(new URL(path, service.url), { headers: { accept: 'text/html' } });
});
