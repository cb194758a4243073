import { createRequest } from './authenticated-request.js';
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
import { toGrant, type Grant } from './session.js';
import { openChannel, surroundings } from './surroundings.js';

/** Makes a client. It reads its storage at once, and refreshes and listens by itself from then on. */
export function createWalletSessionsClient(
  options: WalletSessionsClientOptions,
): WalletSessionsClient {
  const { url, storage, cookies, clock = systemClock, headers = {}, timeout = 8000 } = options;
  const key = options.name ?? `wallet-sessions:${url}`;
  const name = options.name ?? (surroundings.location && key);
  const { fetch = globalThis.fetch } = options;

  const events = createEvents<ClientEvents>();
  const credentials = cookies ? 'include' : 'same-origin';
  const post = createPost({ url, fetch, headers, credentials, timeout });

  async function recall(): Promise<Grant | undefined> {
    const { session } = cookies ? await post(SessionDocument, {}) : { session: null };
    // Nothing says when it was granted; it was seen a moment ago.
    const grant = session && { session, accessToken: null, refreshToken: null };
    return grant
      ? toGrant({ ...grant, issuedAt: grant.session.lastSeenAt }, clock.now())
      : undefined;
  }

  const keeper = createGrantKeeper({
    key,
    storage,
    channel: openChannel(name),
    events,
    recall,
  });
  const lastWord = () => listener.lastWord();
  const refresher = createRefresher({ keeper, post, clock, lockName: name, events, lastWord });
  const request = createRequest(keeper, refresher, post);
  const { reauthenticate, requestFresh } = createReauthentication({
    keeper,
    refresher,
    post,
    request,
  });
  const listener = createRevocationListener({
    url: options.webSocketUrl ?? webSocketUrlOf(url),
    webSocket: options.webSocket ?? surroundings.WebSocket,
    keeper,
    refresher,
    clock,
    events,
  });
  let listeners = 0;

  return {
    get state() {
      return keeper.state;
    },
    ready: keeper.ready,
    signIn: createSignIn(keeper, post, clock),
    reauthenticate,

    async session({ signal } = {}) {
      await keeper.ready;
      const { current } = keeper;
      const { session } = await request(SessionDocument, {}, signal);
      if (session !== null || current === undefined) return session;
      // The field is for everybody: it answers null, not an error, for a token that is no longer valid.
      await refresher.refresh(current);
      return keeper.current ? (await request(SessionDocument, {}, signal)).session : null;
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
      if (sessionId !== undefined) await keeper.end({ sessionId, reason: 'FORGOTTEN' });
    },

    request: (document, ...[variables, options]) =>
      requestFresh(document, variables as never, options),

    async accessToken() {
      await keeper.ready;
      await refresher.settled();
      return keeper.current?.accessToken ?? undefined;
    },

    async refresh() {
      await keeper.ready;
      if (keeper.current) await refresher.refresh(keeper.current);
    },

    on(event, handler) {
      const stop = events.on(event, handler);
      if (event === 'error') return stop;
      listener.want((listeners += 1) > 0);
      let on = true;
      return () => {
        stop();
        if (on) listener.want((listeners -= 1) > 0);
        on = false;
      };
    },

    close() {
      refresher.stop();
      // No listener counts any more, be it there already or still to come.
      listeners = -Infinity;
      listener.want(false);
      keeper.close();
    },
  };
}

function webSocketUrlOf(url: string): string {
  const webSocketUrl = new URL(url, surroundings.location?.href);
  webSocketUrl.protocol = webSocketUrl.protocol.replace('http', 'ws');
  return webSocketUrl.href;
}
