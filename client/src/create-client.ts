import { createRequest } from './authenticated-request.js';
import { createChallenge } from './challenge.js';
import type { ClientEvents, WalletSessionsClient } from './client.js';
import { systemClock } from './clock.js';
import { hasCode } from './errors.js';
import { createEvents } from './events.js';
import {
  LogoutAllDocument,
  LogoutDocument,
  SessionDocument,
  SessionsDocument,
} from './generated/documents.js';
import { createGrantKeeper } from './grant-keeper.js';
import type { WalletSessionsClientOptions } from './options.js';
import { createPost } from './post.js';
import { createReauthentication } from './reauthentication.js';
import { createRefresher } from './refresher.js';
import { createRevocationListener } from './revocation-listener.js';
import { createSignIn } from './sign-in.js';
import type { Grant } from './session.js';
import { openChannel, surroundings } from './surroundings.js';

/**
 * Creates a client. It reads its storage at once, and then refreshes and listens automatically.
 * @throws TypeError if `url` is neither an HTTP URL nor a path
 */
export function createWalletSessionsClient(
  options: WalletSessionsClientOptions,
): WalletSessionsClient {
  const { url, storage, cookies, clock = systemClock } = options;
  if (!/^(https?:\/)?\//i.test(url))
    throw new TypeError(`url must be an HTTP URL or a path: ${url}`);
  const key = options.name ?? `wallet-sessions:${url}`;
  const name = options.name ?? (surroundings.location && key);

  const events = createEvents<ClientEvents>();
  const post = createPost(options);

  async function recall(): Promise<Grant | undefined> {
    const session = cookies && (await post(SessionDocument, {})).session;
    if (!session) return undefined;
    // The answer does not say when the tokens were issued. The service last saw the session then or later.
    const issuedAt = session.lastSeenAt;
    // Nor does it say what time it is. Only a clock that is behind the last visit is known to be wrong.
    const clockOffset = Math.max(0, Date.parse(issuedAt) - clock.now());
    return { session, accessToken: null, refreshToken: null, issuedAt, clockOffset };
  }

  const keeper = createGrantKeeper(key, storage, openChannel(name), events, recall);
  const lastWord = () => listener.lastWord();
  const refresher = createRefresher(keeper, post, clock, name, events, lastWord);
  const request = createRequest(keeper, refresher, post);
  const { reauthenticate, requestFresh } = createReauthentication(keeper, refresher, post, request);
  const listener = createRevocationListener(options, keeper, refresher, clock, events);
  let listeners = 0;

  return {
    get state() {
      return keeper.state;
    },
    ready: keeper.ready,
    createChallenge: (options) => createChallenge(post, options),
    ...createSignIn(keeper, post, clock),
    reauthenticate,

    async session({ signal } = {}) {
      await keeper.ready;
      const { current } = keeper;
      const ask = async () => (await request(SessionDocument, {}, signal)).session;
      const session = await ask();
      if (session || !current) return session;
      // The field needs no session: it is null, not an error, for an invalid token.
      await refresher.refresh(current);
      return keeper.current ? ask() : null;
    },

    async sessions({ first, after, signal } = {}) {
      const { sessions } = await request(SessionsDocument, { first, after }, signal);
      const { edges, pageInfo, totalCount } = sessions;
      return {
        sessions: edges.map(({ node }) => node),
        totalCount,
        endCursor: pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined,
      };
    },

    async logout(sessionId, options) {
      await keeper.ready;
      const own = keeper.current?.session.id;
      const target = sessionId ?? own;
      if (target === undefined) return;
      try {
        await requestFresh(LogoutDocument, { sessionId: target }, options);
      } catch (error) {
        const ended =
          hasCode(error, 'SESSION_NOT_FOUND') ||
          (target === own && hasCode(error, 'UNAUTHENTICATED'));
        if (!ended) throw error;
      }
      await keeper.end({ sessionId: target, reason: 'LOGOUT' });
    },

    async logoutAll({ keepCurrent = false, ...options } = {}) {
      const { logoutAll } = await requestFresh(LogoutAllDocument, { keepCurrent }, options);
      for (const sessionId of logoutAll.sessionIds) {
        await keeper.end({ sessionId, reason: 'LOGOUT_ALL' });
      }
      return logoutAll;
    },

    async forget() {
      await keeper.ready;
      const sessionId = keeper.current?.session.id;
      if (sessionId) await keeper.end({ sessionId, reason: 'FORGOTTEN' });
    },

    request: (document, ...[variables, options]) =>
      requestFresh(document, variables as never, options),

    async accessToken() {
      return (await refresher.settled())?.accessToken ?? undefined;
    },

    async refresh() {
      await keeper.ready;
      const { current } = keeper;
      if (current) await refresher.refresh(current);
    },

    on(event, handler) {
      const stop = events.on(event, handler);
      if (event === 'error') return stop;
      listener.want((listeners += 1) > 0);
      return () => {
        if (stop()) listener.want((listeners -= 1) > 0);
      };
    },

    close() {
      refresher.stop();
      // From now on, listeners are ignored.
      listeners = -Infinity;
      listener.stop();
      keeper.close();
    },
  };
}
