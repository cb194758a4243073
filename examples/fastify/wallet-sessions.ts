// Wallet sessions as a Fastify plugin: `request.walletSession`, the REST API at /api, and problem documents.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { WalletSessionsError, type Session, type WalletSessions } from 'wallet-sessions';
import { createFetchApi } from 'wallet-sessions/fetch';

declare module 'fastify' {
  interface FastifyRequest {
    walletSession: Session | undefined;
  }
}

export function walletSessionsPlugin(
  app: FastifyInstance,
  { walletSessions }: { walletSessions: WalletSessions },
  done: () => void,
): void {
  const api = createFetchApi(walletSessions);
  app.decorateRequest('walletSession');
  app.addHook('onRequest', (request, reply, next) => {
    const validated = walletSessions.validateRequest(request.raw, reply.raw);
    const proceed = (session: Session | undefined) => {
      request.walletSession = session;
      next();
    };
    if (validated instanceof Promise) validated.then(proceed, next);
    else proceed(validated);
  });
  app.setErrorHandler((error, request, reply) =>
    error instanceof WalletSessionsError
      ? api.refuse(error, headersOf(request))
      : reply.send(error),
  );
  app.all('/api/*', ({ url, method, body, headers, ip, host }) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const init = { method, headers: headersOf({ headers }), body: text ?? null };
    return api.handler(new Request(`http://${host}${url}`, init), { ip });
  });
  done();
}

/** What is decorated here is for the whole application. */
Object.assign(walletSessionsPlugin, { [Symbol.for('skip-override')]: true });

const headersOf = ({ headers }: Pick<FastifyRequest, 'headers'>) =>
  new Headers(
    Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
  );
