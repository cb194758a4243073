import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { developmentKey } from '../config/development-key.js';
import type { Config } from '../config/read.js';
import { createWalletSessions, type WalletSessions } from '../core/wallet-sessions.js';
import { createProxyTest } from '../http/client-address.js';
import { refusedConnectionsOf } from '../server/bounded-server.js';
import { createHostRule } from '../http/request-target.js';
import { GRAPHQL_PATH, listen, serveGraphQL } from '../server/http-server.js';
import { createPages } from '../server/pages.js';
import type { ServerLoad } from '../websocket/socket-server.js';
import { auditToAll } from '../audit/events.js';
import { systemClock, type Clock } from '../clock.js';
import { loadPrimitives } from '../sign-in/ethereum/primitives.js';
import { composeApi } from './compose-api.js';
import { createErrorLog } from './error-log.js';
import { auditTo, type Logger } from './log.js';
import { startObservation } from './observation.js';
import { openConfiguredStore } from './open-configured-store.js';
import { runInTurn, type Step } from './in-turn.js';
import { loadPlaceModule } from './place-module.js';

export interface RunningService {
  readonly url: string;
  /** The address of the metrics, if they are configured. */
  readonly metricsUrl: string | undefined;
  readonly services: WalletSessions;
  /** The current load. */
  load(): ServerLoad;
  /**
   * Stops the service. Everything that was acknowledged has then been stored.
   * @throws AggregateError if a part could not be closed; all others have been
   */
  stop(): Promise<void>;
}

/**
 * Opens the store and serves the API as configured. If it fails, it closes everything that it opened.
 * @param clock for tests. Default: the clock of the store
 * @throws Error of `node:net` or `node:fs` if the port or the data directory is not available
 */
export async function startService(
  config: Config,
  log: Logger,
  clock?: Clock,
): Promise<RunningService> {
  const opened: Step[] = [];
  try {
    return await start(config, log, clock, opened);
  } catch (error) {
    for (const failure of await runInTurn(opened.reverse())) {
      log.error({ err: failure }, 'a part of the service could not be closed');
    }
    throw error;
  }
}

/** @param opened receives what to close if the start fails, in the order of opening */
async function start(
  config: Config,
  log: Logger,
  given: Clock | undefined,
  opened: Step[],
): Promise<RunningService> {
  const report = createErrorLog(log, given ?? systemClock);
  const keys = config.keys ?? [await developmentKey(config.dataDirectory)];
  if (config.keys === undefined) {
    log.warn(`SESSION_KEYS is not set: using the development key in ${config.dataDirectory}`);
  }
  // Nothing is loaded once the port is open: requests would wait.
  const describePlace =
    config.placeModule === undefined ? undefined : await loadPlaceModule(config.placeModule);
  const { implementations } = await loadPrimitives();
  log.info(implementations, 'chose the implementations to verify signatures with');
  const observation = await startObservation(config, log, given);
  opened.push(() => observation.stop());
  const api = await composeApi(config, report, observation.operations);
  opened.push(() => api.apollo.stop());
  const store = observation.store(await openConfiguredStore(config, log, given ?? systemClock));
  let closeStore = () => store.close();
  opened.push(() => closeStore());
  const isTrustedProxy = createProxyTest(config.trustedProxies);
  const http = await listen(config.host, config.port, config.intakeLimits, isTrustedProxy);
  opened.push(() => {
    const closed = once(http, 'close');
    http.close().closeAllConnections();
    return closed;
  });
  const { port } = http.address() as AddressInfo;
  const origins = config.origins ?? [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
  const pages = config.corsOrigins ?? origins;
  const services = createWalletSessions({
    store,
    keys,
    origins,
    cookies: config.cookies && { origins: pages },
    sessions: config.sessions,
    keyBinding: config.keyBinding,
    identityTokens: config.identityTokens,
    deviceBinding: config.deviceBinding,
    signIn: config.signIn,
    rpcs: config.rpcs,
    rateLimits: config.rateLimits,
    trustedProxies: config.trustedProxies,
    audit: auditToAll([auditTo(log), observation.audit]),
    auditLog: config.auditLog,
    administrators: config.administrators,
    dashboardUrl: config.dashboardUrl,
    describePlace,
    report,
    clock: given,
    nearCacheSize: config.nearCacheSize,
    observeVerification: observation.verifications,
  });
  closeStore = () => services.close();
  const server = serveGraphQL(http, {
    ...api,
    services,
    walletSessions: services,
    introspection: config.tokenIntrospection,
    sourceOf: (request) => services.sourceOf(request),
    origins: pages,
    pages: createPages({
      ...config.pages,
      directory: fileURLToPath(new URL('../pages', import.meta.url)),
      usesCookies: config.cookies,
      keyBinding: {
        mode: config.keyBinding.mode,
        publicUrls: config.keyBinding.publicUrls ?? origins,
      },
      chainIds: config.signIn.chainIds,
    }),
    isTrustedProxy,
    openCookieSession: services.openCookieSession,
    assertHost: createHostRule({
      listensOn: config.host,
      allowed: config.allowedHosts,
      origins: [...origins, ...pages],
    }),
    socketLimits: config.socketLimits,
    bodyLimits: config.bodyLimits,
    messageLimit: config.messageLimit,
    report,
    observation: observation.operations,
    observeRoute: observation.routes,
    ping: () => store.ping(),
  });
  observation.read({
    sessions: services.sessions,
    load: () => server.load(),
    clockAhead: () => store.clock.ahead(),
    refusedConnections: () => refusedConnectionsOf(http),
  });
  const { metricsUrl } = observation;
  if (metricsUrl !== undefined) log.info({ metrics: metricsUrl }, `metrics at ${metricsUrl}`);
  const url = urlOf(config.host, port);
  log.info({ url }, `GraphQL API at ${url} (HTTP and WebSocket)`);
  return {
    url,
    metricsUrl,
    services,
    load: () => server.load(),
    async stop() {
      server.leave();
      await pause(config.shutdownDelay);
      const failures = await runInTurn([
        () => server.close(),
        () => api.apollo.stop(),
        () => services.close(),
        () => observation.stop(),
      ]);
      if (failures.length > 0) throw new AggregateError(failures, 'A part could not be closed.');
    },
  };
}

function urlOf(host: string, port: number): string {
  const name = host === '127.0.0.1' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}${GRAPHQL_PATH}`;
}
