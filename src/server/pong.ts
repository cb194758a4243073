import { CloseCode } from 'graphql-ws';
import { WalletSessionsError } from '../errors.js';
import type { ReportError } from '../graphql/errors.js';
import { bearerToken } from '../http/credential.js';
import type { SocketExtra } from './graphql-over-websocket.js';

type Payload = Record<string, unknown>;

/** Presented tokens that one socket may have checked at once: each may cost a read of the store. */
const MAX_PENDING = 4;

/**
 * The payload that answers a ping. A ping with an `authorization` presents the access token anew, such as the one that a
 * refresh brought: its answer says whether the socket now counts as opened with it (`accepted`). A token that is not (or
 * no longer) valid changes nothing; one of another session closes the socket. The answer to any other ping is what it
 * brought.
 */
export async function pongFor(
  { bound, socket, source, presenting }: SocketExtra,
  ping: Payload | undefined,
  report: ReportError,
): Promise<Payload | undefined> {
  const authorization = ping?.['authorization'];
  if (typeof authorization !== 'string') return ping;
  const token = bearerToken(authorization);
  if (bound === undefined || token === undefined || presenting.size >= MAX_PENDING) {
    return { accepted: false };
  }
  const presentation = bound.connection.present(token);
  presenting.add(presentation);
  try {
    const outcome = await presentation;
    if (outcome === 'foreign') socket.close(CloseCode.Forbidden, 'Token of another session');
    return { accepted: outcome === 'accepted' };
  } catch (error) {
    if (!(error instanceof WalletSessionsError)) throw error;
    report(error.cause ?? error, source);
    return { accepted: false };
  } finally {
    presenting.delete(presentation);
  }
}
