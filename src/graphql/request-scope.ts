import type { GraphQLResolveInfo } from 'graphql';
import { createParameterDecorator } from 'type-graphql';
import type { WalletSessionsContext } from './context.js';

/** What Apollo Server's cache control adds to `info`, if it is enabled. */
interface CacheControl {
  readonly cacheHint: { readonly maxAge?: number | undefined };
  setCacheHint(hint: { maxAge: number; scope: 'PRIVATE' }): void;
}

/**
 * Keeps the answer to an operation out of shared caches, because a field depends on the session: it sets the cache hint
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
 * A parameter decorator for the resolvers of this package: the `RequestContext` of the operation. The answer is never
 * cached, whatever hints the schema has. @throws TypeError without a context
 */
export function RequestScope(): ParameterDecorator {
  return createParameterDecorator<Partial<WalletSessionsContext>>(({ context, info }) => {
    hintPrivate(info, () => 0);
    const { walletSessions } = (context as typeof context | undefined) ?? {};
    if (walletSessions !== undefined) return walletSessions;
    throw new TypeError(
      'The GraphQL context has no walletSessions: spread the result of createContextFunction(walletSessions) into it.',
    );
  }) as ParameterDecorator;
}
