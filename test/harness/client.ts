import { WebSocket } from 'ws';
import {
  createWalletSessionsClient,
  type ClientEvents,
  type WalletSessionsClient,
  type WalletSessionsClientOptions,
} from '../../client/src/index.js';
import { eventually } from './eventually.js';
import type { TestService } from './service.js';

/** A client that records its events. */
export interface TestClient extends WalletSessionsClient {
  /** Resolves to the first past or future event with that name that satisfies the condition. */
  heard<Name extends keyof ClientEvents>(
    name: Name,
    satisfies?: (event: ClientEvents[Name]) => boolean,
  ): Promise<ClientEvents[Name]>;
  /** All events with that name so far. */
  told<Name extends keyof ClientEvents>(name: Name): readonly ClientEvents[Name][];
}

const NAMES = ['change', 'end', 'revocation', 'error'] as const;

const open = new Set<TestClient>();

/** Closes the clients that a test has opened. Call it in `afterEach`. */
export function closeClients(): void {
  for (const client of open) client.close();
  open.clear();
}

/**
 * Resolves when as many clients of the service listen for revocations. A client that does not listen yet does not hear why
 * its session has ended.
 */
export const listening = (service: Pick<TestService, 'load'>, count: number) =>
  eventually(() => {
    expect(service.load().subscriptions).toBe(count);
    return Promise.resolve();
  });

/** A client of the service that records events from the start. */
export function openClient(
  { url }: Pick<TestService, 'url'>,
  options: Partial<WalletSessionsClientOptions> = {},
): TestClient {
  const client = createWalletSessionsClient({ url, webSocket: WebSocket, ...options });
  const told: { name: keyof ClientEvents; event: unknown }[] = [];
  const waiting = new Set<() => void>();
  for (const name of NAMES) {
    client.on(name, (event) => {
      told.push({ name, event });
      for (const look of waiting) look();
    });
  }
  const eventsOf = <Name extends keyof ClientEvents>(name: Name) =>
    told.filter((entry) => entry.name === name).map(({ event }) => event as ClientEvents[Name]);
  const { ready, ...methods } = client;
  const testClient: TestClient = {
    ...methods,
    get state() {
      return client.state;
    },
    ready,
    told: eventsOf,
    heard: (name, satisfies = () => true) =>
      new Promise((resolve) => {
        const look = () => {
          const event = eventsOf(name).find(satisfies);
          if (event === undefined) return;
          waiting.delete(look);
          resolve(event);
        };
        waiting.add(look);
        look();
      }),
  };
  open.add(testClient);
  return testClient;
}
