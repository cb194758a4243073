import { ClientError } from 'graphql-request';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CurrentSessionDocument,
  LogoutDocument,
  RefreshDocument,
  SessionRevokedDocument,
} from '../generated/graphql.js';
import { apiClient, signIn } from './api.js';
import { eventually } from './eventually.js';
import type { TestService } from './service.js';
import { openSocket } from './socket.js';
import { aWallet, type TestWallet } from './wallet.js';

/**
 * Milliseconds between two checks of ended tokens. Checks are answered from memory even while Redis is down, and would
 * otherwise use all processor time until a failover is over.
 */
const BETWEEN_CHECKS = 10;

/** The numbers of acknowledged operations and of refusals. */
export interface TrafficCounts {
  signIns: number;
  refreshes: number;
  revocations: number;
  /** Operations that were answered SERVICE_UNAVAILABLE. */
  unavailable: number;
  /** Sessions that were lost in a failover without having been ended. */
  lost: number;
  /** Checks of tokens whose session had ended. */
  checks: number;
}

export interface SessionTraffic {
  readonly counts: Readonly<TrafficCounts>;
  /** Ids of sessions whose revocation was acknowledged. */
  readonly ended: ReadonlySet<string>;
  /** Tokens that were accepted although the revocation of their session was acknowledged. */
  readonly letIn: readonly string[];
  /** Ids of ended sessions that subscribers received, in order of arrival. */
  readonly told: readonly string[];
  /** Resolves when each wallet has had `ofEach` more acknowledged revocations. */
  furtherRevocations(ofEach: number): Promise<void>;
  /**
   * Waits for pending operations, checks every revoked token once more, and waits until the subscribers have received
   * every revocation.
   */
  stop(): Promise<void>;
  /** Starts no further operations, for a test that has failed. */
  abandon(): void;
}

/**
 * Wallets repeatedly sign in, refresh twice and log out on one service. Meanwhile the tokens of ended sessions are
 * tried on another service, where a socket of each wallet subscribes to revocations.
 */
export async function startSessionTraffic(
  service: TestService,
  other: TestService,
  wallets: number,
): Promise<SessionTraffic> {
  const counts = { signIns: 0, refreshes: 0, revocations: 0, unavailable: 0, lost: 0, checks: 0 };
  const ended = new Set<string>();
  const endedTokens: string[] = [];
  const letIn: string[] = [];
  const told: string[] = [];
  const perWallet = new Map<TestWallet, number>();
  const run = { stopping: false };

  /** Counts a refusal and pauses, as a client does that backs off from a recovering service. */
  async function noteUnavailable(): Promise<void> {
    counts.unavailable += 1;
    await pause(50);
  }

  /** Retries while the service is unavailable. Resolves to `undefined` when it refuses for another reason. */
  async function insist<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
    while (!run.stopping) {
      try {
        return await act();
      } catch (error) {
        if (codeOf(error) !== 'SERVICE_UNAVAILABLE') return undefined;
        await noteUnavailable();
      }
    }
    return undefined;
  }

  async function oneLife(wallet: TestWallet): Promise<void> {
    const grant = await insist(() => signIn(service.url, wallet));
    if (grant === undefined) return;
    counts.signIns += 1;
    const tokens = [grant.accessToken];
    let refreshToken = grant.refreshToken;
    for (let count = 0; count < 2; count += 1) {
      const answer = await insist(() =>
        apiClient(service.url).request(RefreshDocument, { refreshToken }),
      );
      if (answer === undefined) return void (counts.lost += run.stopping ? 0 : 1);
      counts.refreshes += 1;
      tokens.push(answer.refresh.accessToken ?? '');
      refreshToken = answer.refresh.refreshToken ?? '';
    }
    const last = apiClient(service.url, tokens.at(-1));
    try {
      await last.request(LogoutDocument, {});
    } catch (error) {
      if (codeOf(error) === 'SERVICE_UNAVAILABLE') await noteUnavailable();
      else counts.lost += 1;
      // The revocation was not acknowledged, so the session may be live or ended.
      return;
    }
    counts.revocations += 1;
    perWallet.set(wallet, (perWallet.get(wallet) ?? 0) + 1);
    ended.add(grant.session.id);
    endedTokens.push(...tokens);
  }

  async function tryEnded(token: string): Promise<void> {
    try {
      const { session } = await apiClient(other.url, token).request(CurrentSessionDocument);
      if (session !== null) letIn.push(token);
      counts.checks += 1;
    } catch (error) {
      if (codeOf(error) !== 'SERVICE_UNAVAILABLE') throw error;
      await noteUnavailable();
    }
  }

  async function watch(wallet: TestWallet): Promise<() => Promise<void>> {
    // On a busy machine even a healthy Redis may answer too late.
    const { accessToken } = await eventually(() => signIn(other.url, wallet));
    const socket = await eventually(async () => {
      const opening = openSocket(other.webSocketUrl, accessToken);
      const refused = opening.closed.then(({ reason }) => Promise.reject(new Error(reason)));
      await Promise.race([opening.opened, refused]);
      return opening;
    });
    const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
    const heard = (async () => {
      for await (const { sessionRevoked } of events) told.push(sessionRevoked.sessionId);
    })().catch(() => undefined);
    return async () => {
      await socket.close();
      await heard;
    };
  }

  const everybody = Array.from({ length: wallets }, aWallet);
  const stopWatching = await Promise.all(everybody.map(watch));
  const loops = everybody.map(async (wallet) => {
    while (!run.stopping) await oneLife(wallet);
  });
  loops.push(
    (async () => {
      while (!run.stopping) {
        const token = endedTokens[Math.floor(Math.random() * endedTokens.length)];
        if (token !== undefined) await tryEnded(token);
        await pause(BETWEEN_CHECKS);
      }
    })(),
  );

  // A loop ends with the run or with an unexpected error.
  const failed = Promise.all(loops).then(() => undefined);
  failed.catch(() => undefined);

  return {
    counts,
    ended,
    letIn,
    told,
    async furtherRevocations(ofEach) {
      const goal = new Map(everybody.map((one) => [one, (perWallet.get(one) ?? 0) + ofEach]));
      const reached = eventually(() => {
        const missing = everybody.filter((one) => (perWallet.get(one) ?? 0) < (goal.get(one) ?? 0));
        if (missing.length === 0) return Promise.resolve();
        const state = JSON.stringify(counts);
        return Promise.reject(new Error(`${missing.length} wallets are behind: ${state}`));
      });
      await Promise.race([reached, failed]);
    },
    abandon() {
      run.stopping = true;
    },
    async stop() {
      run.stopping = true;
      await failed;
      for (const token of endedTokens) await tryEnded(token);
      await eventually(() => {
        expect([...ended].filter((id) => !told.includes(id))).toEqual([]);
        return Promise.resolve();
      });
      await Promise.all(stopWatching.map((stop) => stop()));
    },
  };
}

function codeOf(error: unknown): string {
  if (!(error instanceof ClientError)) throw error;
  return String(error.response.errors?.[0]?.extensions['code']);
}
