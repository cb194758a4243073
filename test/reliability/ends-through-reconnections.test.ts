import fc from 'fast-check';
import type { Partition } from '../../src/accounts/wallet.js';
import type { Revocation, SessionId } from '../../src/sessions/session.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import type { RedisStoreOptions } from '../../src/stores/redis/settings.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { eventually } from '../harness/eventually.js';
import { everyMasterAnswers } from '../harness/open-store.js';
import { startRedisCluster } from '../harness/redis-cluster.js';
import { openRedisProxy, type Hold, type RedisProxy } from '../harness/redis-proxy.js';
import { startWatchedRedis } from '../harness/redis-sentinels.js';
import { startRedisServer } from '../harness/redis-server.js';
import { aPartition, aRecord, NO_LIMIT } from '../harness/record.js';
import { ownPrefix, PATIENT_TIMEOUT } from '../harness/stores.js';

/** Recognizes a subscriber's connection from the moment it has subscribed. */
const SUBSCRIBED = '\r\nsubscribe\r\n';

type Address = Pick<RedisStoreOptions, 'url' | 'cluster' | 'sentinels'>;

/** A Redis whose clients pass through proxies. */
interface Deployment {
  readonly address: Address;
  readonly proxies: readonly RedisProxy[];
  stop(): Promise<void>;
}

async function aServer(): Promise<Deployment> {
  const server = await startRedisServer();
  const proxy = await openRedisProxy(server.url);
  return { address: { url: proxy.url }, proxies: [proxy], stop: () => server.stop() };
}

async function aMasterOfSentinels(): Promise<Deployment> {
  const proxies: RedisProxy[] = [];
  const { url, sentinels, stop } = await startWatchedRedis(undefined, async (port) => {
    const proxy = await openRedisProxy(`redis://127.0.0.1:${port}`);
    proxies.push(proxy);
    return Number(new URL(proxy.url).port);
  });
  return { address: { url, sentinels }, proxies, stop };
}

async function aCluster(): Promise<Deployment> {
  const cluster = await startRedisCluster();
  const masters = await cluster.masters();
  const proxies = await Promise.all(
    masters.map(async ({ admin }) => {
      const proxy = await openRedisProxy(`redis://127.0.0.1:${admin.options.port ?? 0}`);
      await admin.config('SET', 'cluster-announce-port', new URL(proxy.url).port);
      return proxy;
    }),
  );
  const ports = proxies.map(({ url }) => new URL(url).port);
  await eventually(async () => {
    for (const { admin } of masters) {
      const slots = JSON.stringify(await admin.cluster('SLOTS'));
      expect(ports.filter((port) => slots.includes(port))).toEqual(ports);
    }
  });
  return { address: { url: cluster.url, cluster: true }, proxies, stop: () => cluster.stop() };
}

/** A subscriber to the revocations of a wallet. */
interface Listener {
  readonly heard: Revocation[];
  /** The minimum and maximum number of ends before the first one that this listener must receive. */
  readonly from: { least: number; most: number };
}

/** The ended sessions of a partition, and their listeners. */
interface History {
  readonly partition: Partition;
  readonly ended: SessionId[];
  /** The number of ends that have begun, which may be one more than those in `ended`. */
  begun: number;
  readonly listeners: Listener[];
}

describe.each([
  ['a single server', aServer],
  ['a master that sentinels monitor', aMasterOfSentinels],
  ['a cluster', aCluster],
])('an instance that loses its subscription connections to %s', (_to, deploy) => {
  let deployment: Deployment;
  let here: OpenStore;
  let there: OpenStore;
  let holds: Hold[];

  beforeAll(async () => {
    deployment = await deploy();
    const options = {
      ...deployment.address,
      keyPrefix: ownPrefix(),
      nearCacheBound: 0,
      commandTimeout: PATIENT_TIMEOUT,
    };
    here = await openRedisStore(options);
    there = await openRedisStore(options);
    await Promise.all([here, there].map(({ sessions }) => everyMasterAnswers(sessions)));
  });
  afterAll(async () => {
    await Promise.all([here.close(), there.close()]);
    await Promise.all(deployment.proxies.map((proxy) => proxy.close()));
    await deployment.stop();
  });
  beforeEach(() => {
    holds = [];
  });

  function cut(): void {
    for (const proxy of deployment.proxies) proxy.cut(SUBSCRIBED);
  }

  function hold(): void {
    release();
    holds = deployment.proxies.map((proxy) => proxy.hold(SUBSCRIBED));
  }

  function release(): void {
    for (const one of holds.splice(0)) one.release();
  }

  /** Resolves when an instance has subscribed on a new connection. */
  function reopened(): Promise<unknown> {
    return Promise.race(deployment.proxies.map((proxy) => proxy.reopened(SUBSCRIBED)));
  }

  async function end(history: History): Promise<void> {
    const { partition, ended } = history;
    const now = Date.now();
    const { id } = aRecord(now);
    await there.sessions.insert(partition, aRecord(now, { id }), NO_LIMIT, now);
    history.begun += 1;
    await there.sessions.revoke(partition, { these: [id] }, 'LOGOUT', now);
    ended.push(id);
  }

  /** @param after a listener after whose last event this one resumes; by default it receives only later events */
  async function listen(history: History, after?: Listener): Promise<void> {
    const { partition, ended, listeners } = history;
    const heard: Revocation[] = [];
    const last = after?.heard.at(-1);
    const least =
      after === undefined ? ended.length : ended.indexOf(last?.sessionId as SessionId) + 1;
    const cursor = after === undefined ? undefined : (last?.cursor ?? '0-0');
    await here.revocations.watch(partition, (revocation) => heard.push(revocation), cursor);
    listeners.push({ heard, from: { least, most: after === undefined ? history.begun : least } });
  }

  async function aHistory(): Promise<History> {
    const history = { partition: aPartition(), ended: [], begun: 0, listeners: [] };
    await listen(history);
    return history;
  }

  /** Ends one more session, and resolves when all listeners have received it. */
  async function complete(history: History): Promise<void> {
    await end(history);
    const last = history.ended.at(-1);
    await eventually(() => {
      const waiting = history.listeners.filter(({ heard }) => heard.at(-1)?.sessionId !== last);
      return waiting.length === 0
        ? Promise.resolve()
        : Promise.reject(new Error(JSON.stringify({ ended: history.ended, waiting })));
    });
  }

  function expectOrder({ ended, listeners }: History): void {
    for (const { heard, from } of listeners) {
      const first = Math.min(Math.max(ended.length - heard.length, from.least), from.most);
      expect(heard.map(({ sessionId }) => sessionId)).toEqual(ended.slice(first));
    }
  }

  it('delivers a revocation that it missed before one that it receives while it subscribes again', async () => {
    const history = await aHistory();
    const [listener] = history.listeners;
    const subscribing = reopened();
    cut();
    hold();
    await end(history);
    await subscribing;
    await Promise.race(holds.map((one) => one.takes('subscribe')));
    await end(history);
    await Promise.race(holds.map((one) => one.takes(history.ended.at(-1) ?? '')));
    release();
    await complete(history);
    await listen(history, { ...listener, heard: listener?.heard.slice(0, 2) } as Listener);
    await complete(history);
    expectOrder(history);
  });

  it('delivers each revocation once and in order, whichever connections are cut or held back meanwhile', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ act: fc.constant('end' as const), of: fc.nat(1) }) },
      { weight: 2, arbitrary: fc.record({ act: fc.constant('listen' as const), of: fc.nat(1) }) },
      { weight: 2, arbitrary: fc.record({ act: fc.constant('resume' as const), of: fc.nat(1) }) },
      {
        weight: 5,
        arbitrary: fc.record({
          act: fc.constantFrom('cut', 'cut and reopen', 'hold', 'release'),
          of: fc.constant(0),
        }),
      },
    );
    const steps = fc.array(step, { minLength: 10, maxLength: 30, size: 'max' });
    const run = async (acts: readonly { act: string; of: number }[]) => {
      const histories = [await aHistory(), await aHistory()] as const;
      const starting: Promise<void>[] = [];
      for (const { act, of } of acts) {
        const history = histories[of as 0 | 1];
        if (act === 'end') await end(history);
        // Not awaited: the answers may be held back.
        else if (act === 'listen') starting.push(listen(history));
        else if (act === 'resume') starting.push(listen(history, history.listeners.at(-1)));
        else if (act === 'hold') hold();
        else if (act === 'release') release();
        else {
          const subscribing = reopened();
          cut();
          if (act === 'cut and reopen') await subscribing;
        }
      }
      release();
      // The promise of a listener that could not start rejects.
      await Promise.allSettled(starting);
      await Promise.all(histories.map(complete));
      histories.forEach(expectOrder);
    };
    // A failing run waits up to the limit of `eventually`, so runs that simplify it would exceed the test's timeout.
    await fc.assert(fc.asyncProperty(steps, run), { numRuns: 10, endOnFailure: true });
  });
});
