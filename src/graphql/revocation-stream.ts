import { EventEmitter, on } from 'node:events';
import { WalletSessionsError } from '../errors.js';
import type { Revocation } from '../session/session.js';
import { currentSession } from './current-session.js';
import { badUserInput } from './errors.js';
import type { OperationScope } from './scope.js';

/**
 * The revocations of the wallet as a stream, which ends after that of the session that listens. Its
 * consumer asks for what follows only when it has sent what came before, so the end of the stream
 * tells the transport that the session's own revocation is on its way.
 */
export async function openRevocationStream(
  scope: OperationScope,
  after: string | undefined,
): Promise<AsyncIterableIterator<Revocation>> {
  const session = currentSession(scope);
  const source = new EventEmitter();
  const events = on(source, 'revocation');
  let ended = () => {};
  scope.closeAfter?.(new Promise((resolve) => (ended = resolve)));

  const stop = await scope.sessions
    .watch(session, (revocation) => source.emit('revocation', revocation), after)
    .then(
      (watch) => () => {
        watch.stop();
        ended();
      },
      (error: unknown) => {
        ended();
        throw error instanceof RangeError ? badUserInput(`"after": ${error.message}`) : error;
      },
    );

  let last = false;
  const close = async (): Promise<IteratorReturnResult<undefined>> => {
    stop();
    await events.return?.();
    return { done: true, value: undefined };
  };
  const stream: AsyncIterableIterator<Revocation> = {
    [Symbol.asyncIterator]: () => stream,
    async next() {
      if (last) return close();
      const event = (await events.next()) as IteratorResult<[Revocation], undefined>;
      if (event.done === true) return close();
      const [revocation] = event.value;
      last = revocation.sessionId === session.id;
      return { done: false, value: revocation };
    },
    return: close,
    async throw(error) {
      await close();
      throw error;
    },
  };
  try {
    // The session may have ended after it was validated and before its end could be heard.
    if ((await scope.sessions.resume(session)) !== undefined) return stream;
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  throw new WalletSessionsError('UNAUTHENTICATED');
}
