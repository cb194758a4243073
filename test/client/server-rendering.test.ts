import { createRequire } from 'node:module';
import { buildSync } from 'esbuild';
import { createElement, type ComponentType } from 'react';
import { renderToString } from 'react-dom/server';
import { WebSocket } from 'ws';
import { createWalletSessionsClient } from '../../client/src/index.js';
import { readDocumentation } from '../harness/documentation.js';

/** The component that a snippet of the documentation exports. */
function documentedApp(id: string): ComponentType {
  const snippet = readDocumentation().snippets.find((one) => one.id === id);
  const { outputFiles } = buildSync({
    stdin: { contents: snippet?.text ?? '', loader: 'tsx', resolveDir: __dirname },
    alias: {
      'wallet-sessions-client': './client/src/index.ts',
      'wallet-sessions-client/react': './client/src/react.ts',
    },
    external: ['react'],
    jsx: 'automatic',
    bundle: true,
    format: 'cjs',
    write: false,
  });
  const module = { exports: {} as { App: ComponentType } };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- what a bundler does
  new Function('module', 'exports', 'require', outputFiles[0]?.text ?? '')(
    module,
    module.exports,
    createRequire(__filename),
  );
  return module.exports.App;
}

describe('a client on a server that renders pages', () => {
  it('creates a signed-out client with a relative URL on a server', async () => {
    const client = createWalletSessionsClient({ url: '/graphql', cookies: true });
    await client.ready;
    expect(client.state).toEqual({ status: 'signed-out' });
    client.close();
  });

  it('renders the application of docs/client.md as empty while the session is loading', () => {
    expect(renderToString(createElement(documentedApp('docs/client.md#react')))).toBe('');
  });

  it('opens no socket for a relative URL without a page, and reports NETWORK_ERROR', async () => {
    const opened: string[] = [];
    class Noted extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol);
        opened.push(url);
      }
    }
    const session = {
      id: 'any',
      lastSeenAt: '2026-01-01T00:00:00Z',
      expiresAt: '2100-01-01T00:00:00Z',
    };
    const client = createWalletSessionsClient({
      url: '/graphql',
      cookies: true,
      webSocket: Noted,
      fetch: () => Promise.resolve(Response.json({ data: { session } })),
    });
    const error = new Promise((resolve) => client.on('error', resolve));
    client.on('end', () => undefined);
    expect(await error).toMatchObject({ code: 'NETWORK_ERROR' });
    expect(client.state.status).toBe('signed-in');
    expect(opened).toEqual([]);
    client.close();
  });

  it.each(['localhost:4000/graphql', 'ws://localhost/graphql', 'graphql', '', undefined])(
    'rejects the invalid URL %j with the expected form',
    (url) => {
      const create = () => createWalletSessionsClient({ url: url as string });
      expect(create).toThrow(`url must be an HTTP URL or a path: ${url}`);
    },
  );
});
