import type { GraphQLResolveInfo } from 'graphql';
import {
  createMethodMiddlewareDecorator,
  createParameterDecorator,
  type AuthCheckerFn,
} from 'type-graphql';
import type { RequestContext, WalletSessionsContext } from './context.js';
import { WalletSessionsError } from '../errors.js';
import type { Session } from '../sessions/session.js';

/** What Apollo Server's cache control adds to `info`, if it is enabled. */
interface CacheControl {
  readonly cacheHint: { readonly maxAge?: number | undefined };
  setCacheHint(hint: { maxAge: number; scope: 'PRIVATE' }): void;
}

/**
 * Keeps the response to an operation out of shared caches, because a field depends on the session: it sets the cache hint
 * `PRIVATE`, and `maxAge: 0` unless the field has one of its own. For Apollo Server; other servers ignore it. Call it in
 * your resolvers that use `currentSession`. Fields with `requireSession` or `@FreshAuthentication()` do so by themselves.
 */
export function keepPrivate(info: GraphQLResolveInfo): void {
  hintPrivate(info, (cacheHint) => cacheHint.maxAge ?? 0);
}

function hintPrivate(info: object, maxAgeOf: (hint: CacheControl['cacheHint']) => number): void {
  const { cacheControl } = info as { cacheControl?: CacheControl | undefined };
  cacheControl?.setCacheHint({ maxAge: maxAgeOf(cacheControl.cacheHint), scope: 'PRIVATE' });
}

/**
 * A parameter decorator for the resolvers of this package: the `RequestContext` of the operation. The response is never
 * cached, whatever hints the schema has. @throws TypeError without a context
 */
export function RequestScope(): ParameterDecorator {
  return createParameterDecorator<Partial<WalletSessionsContext>>(({ context, info }) =>
    requestScope(context, info),
  ) as ParameterDecorator;
}

/** What {@link RequestScope} gives, for resolvers without decorators. @throws TypeError without a context */
export function requestScope(
  context: Partial<WalletSessionsContext> | undefined,
  info: object,
): RequestContext {
  hintPrivate(info, () => 0);
  if (context?.walletSessions !== undefined) return context.walletSessions;
  throw new TypeError(
    'The GraphQL context has no walletSessions: spread the result of createContextFunction(walletSessions) into it.',
  );
}

/** The session of the operation. @throws WalletSessionsError `UNAUTHENTICATED` */
export function currentSession({ session, mistake }: RequestContext): Session {
  if (session === undefined) throw new WalletSessionsError('UNAUTHENTICATED', mistake);
  return session;
}

/**
 * Auth checker of `@Authorized()` fields: requires a valid session. The response is kept out of shared caches
 * ({@link keepPrivate}). @throws WalletSessionsError `UNAUTHENTICATED`
 */
export const requireSession: AuthCheckerFn<WalletSessionsContext> = ({ context, info }) => {
  keepPrivate(info);
  currentSession(context.walletSessions);
  return true;
};

/**
 * Returns the session of the operation if its wallet signed within the last `window` milliseconds (default: the
 * configured `freshWindow`, 5 minutes). For resolvers of any schema.
 * @throws WalletSessionsError `UNAUTHENTICATED`, `REAUTHENTICATION_REQUIRED`
 */
export function freshlyAuthenticated(context: RequestContext, window?: number): Session {
  const session = currentSession(context);
  if (!context.sessions.isFresh(session, window)) {
    throw new WalletSessionsError('REAUTHENTICATION_REQUIRED');
  }
  return session;
}

/**
 * A type-graphql decorator: resolves the field only if the wallet signed within the last `window` milliseconds
 * (default: the configured `freshWindow`, 5 minutes). A client that gets REAUTHENTICATION_REQUIRED signs a new
 * challenge, calls `reauthenticate` and repeats the operation.
 */
export function FreshAuthentication(window?: number): MethodDecorator {
  return createMethodMiddlewareDecorator<WalletSessionsContext>(({ context, info }, next) => {
    keepPrivate(info);
    freshlyAuthenticated(context.walletSessions, window);
    return next();
  });
}
