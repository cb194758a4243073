import { clockOf } from '../../src/clock.js';
import { GraphQLClient } from 'graphql-request';
import { createCore } from '../../src/core/create-core.js';
import { NO_RATE_LIMITS } from '../../src/rate-limits/rate-limits.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import { DEFAULT_SIGN_IN_POLICY } from '../../src/sign-in/policy.js';
import { createRedisConnector } from '../../src/stores/redis/connection/index.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { redisKeys } from '../../src/stores/redis/keys.js';
import { createServerClock } from '../../src/stores/redis/scripts/index.js';
import { CurrentSessionDocument, RefreshDocument } from '../generated/graphql.js';
import { apiClient, signIn, type TokenGrant } from '../harness/api.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { aKey } from '../harness/domain.js';
import { eventually } from '../harness/eventually.js';
import { scrape } from '../harness/metrics.js';
import { TEST_KEY } from '../harness/service.js';
import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { ownPrefix, PATIENT_TIMEOUT, redisUrl } from '../harness/stores.js';
import { freePort } from '../harness/free-port.js';
import { aWallet } from '../harness/wallet.js';

const HOUR = 3_600_000;
/** Milliseconds within which a busy machine answers. */
const CLOSE = 20_000;
const SKEWS = [45_000, -45_000, HOUR, -HOUR];

/** A system clock that is off, whose timers the test advances. */
function aClockOffBy(initial: number) {
  const timers: FakeClock = createFakeClock();
  const skewed = {
    off: initial,
    now: () => Date.now() + skewed.off,
    schedule: (delay: number, callback: () => void) => timers.schedule(delay, callback),
    advance: (milliseconds: number) => {
      timers.advance(milliseconds);
    },
  };
  return skewed;
}

describe('an instance with a wrong clock', () => {
  const prefix = ownPrefix();
  const opened: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const close of opened.reverse()) await close();
  });

  async function measureWith(local: ReturnType<typeof aClockOffBy>, onSkew = (_: number) => {}) {
    const client = createRedisConnector({ url: redisUrl() }, PATIENT_TIMEOUT).client('test');
    await client.connect();
    const clock = createServerClock({ client, key: redisKeys(prefix).clock, local, onSkew });
    await clock.start();
    opened.push(() => {
      clock.stop();
      client.disconnect();
      return Promise.resolve();
    });
    return clock;
  }

  /** The domain of an instance on the shared Redis. */
  async function anInstance(off: number) {
    const store = await openRedisStore({
      url: redisUrl(),
      keyPrefix: prefix,
      commandTimeout: PATIENT_TIMEOUT,
    });
    opened.push(() => store.close());
    const local = aClockOffBy(off);
    const clock = clockOf({ clock: await measureWith(local) }, local);
    const core = createCore({
      store,
      keys: [aKey('first')],
      clock,
      sessions: DEFAULT_SESSION_POLICY,
      signIn: { ...DEFAULT_SIGN_IN_POLICY, origins: [ORIGIN] },
      rateLimits: NO_RATE_LIMITS,
      audit: () => undefined,
      report: (error) => {
        throw error;
      },
    });
    opened.push(() => core.drain());
    return { ...core, clock };
  }

  it('does not correct a clock that agrees with Redis', async () => {
    expect((await measureWith(aClockOffBy(0))).ahead()).toBe(0);
  });

  it.each(SKEWS)(
    'agrees with another instance about the time, grace and expiry of a session when its clock is off by %d ms',
    async (off) => {
      const [right, wrong] = await Promise.all([anInstance(0), anInstance(off)]);
      expect(Math.abs(wrong.clock.now() - right.clock.now())).toBeLessThan(CLOSE);
      for (const [first, second] of [
        [right, wrong],
        [wrong, right],
      ] as const) {
        const { account: wallet } = aWallet();
        const created = await first.sessions.create({ wallet, chainId: 'eip155:1' }, {});
        const one = await first.sessions.refresh(created.refreshToken, {});
        const two = await second.sessions.refresh(created.refreshToken, {});
        expect(two.refreshToken).toBe(one.refreshToken);
        expect(await second.sessions.authenticate(two.accessToken)).toBeDefined();
        const three = await second.sessions.refresh(two.refreshToken, {});
        const expiry = three.session.expiresAt - created.session.expiresAt;
        expect(Math.abs(expiry)).toBeLessThan(CLOSE);
        expect(second.sessions.isFresh(three.session)).toBe(true);
      }
    },
  );

  it('follows a step of the local clock forwards and backwards with the next measurement', async () => {
    const local = aClockOffBy(0);
    const clock = await measureWith(local);
    for (const off of [HOUR, -HOUR, 0]) {
      local.off = off;
      local.advance(10_000);
      await eventually(() => {
        expect(Math.abs(clock.ahead() + off)).toBeLessThan(CLOSE);
        return Promise.resolve();
      });
    }
  });

  it('keeps the last measured clock difference while Redis does not answer, and measures again after a reconnection', async () => {
    const local = aClockOffBy(HOUR);
    const client = createRedisConnector({ url: redisUrl() }, PATIENT_TIMEOUT).client('test');
    await client.connect();
    const clock = createServerClock({ client, key: redisKeys(prefix).clock, local });
    await clock.start();
    client.disconnect(true);
    local.off = 0;
    await clock.start();
    expect(Math.abs(clock.ahead() + HOUR)).toBeLessThan(CLOSE);
    // The client reconnects by itself.
    await eventually(() => {
      expect(Math.abs(clock.ahead())).toBeLessThan(CLOSE);
      return Promise.resolve();
    });
    clock.stop();
    client.disconnect();
  });

  it('reports a clock once when it becomes wrong, and again only after it was right', async () => {
    const local = aClockOffBy(0);
    const reported: number[] = [];
    const clock = await measureWith(local, (ahead) => reported.push(Math.round(-ahead / HOUR)));
    const stepTo = async (off: number) => {
      local.off = off;
      await clock.start();
    };
    await stepTo(HOUR);
    await stepTo(2 * HOUR);
    await stepTo(0);
    await stepTo(-HOUR);
    expect(reported).toEqual([1, -1]);
  });
});

describe('two services with clocks 45 seconds apart', () => {
  let services: ServiceProcess[];
  let metricsPort: number;

  beforeAll(async () => {
    metricsPort = await freePort();
    const shared = {
      SESSION_KEYS: TEST_KEY,
      REDIS_URL: redisUrl(),
      REDIS_KEY_PREFIX: ownPrefix(),
    };
    const fast = encodeURIComponent('const { now } = Date; Date.now = () => now() + 45_000;');
    services = await Promise.all([
      startServiceProcess(shared),
      startServiceProcess({
        ...shared,
        METRICS_PORT: String(metricsPort),
        NODE_OPTIONS: `--import=data:text/javascript,${fast}`,
      }),
    ]);
  });
  afterAll(() => Promise.all(services.map((service) => service.stop())));

  it('gives the same tokens to two tabs that refresh on services with clocks 45 seconds apart', async () => {
    const [right, fast] = services.map(({ url }) => new GraphQLClient(url)) as [
      GraphQLClient,
      GraphQLClient,
    ];
    for (const [first, second] of [
      [right, fast],
      [fast, right],
      [right, fast],
    ] as const) {
      const { refreshToken } = await signIn(services[0]?.url ?? '', aWallet());
      const one = (await first.request(RefreshDocument, { refreshToken })).refresh as TokenGrant;
      const { url = '' } = services[1] ?? {};
      await apiClient(url, one.accessToken).request(CurrentSessionDocument);
      const two = (await second.request(RefreshDocument, { refreshToken })).refresh as TokenGrant;
      expect(two.refreshToken).toBe(one.refreshToken);
    }
  });

  it('logs and measures that the clock of a service is ahead of the clock of Redis', async () => {
    const warned = services.map(({ log }) => log.filter(({ msg }) => msg.includes('clock')));
    expect(warned.map(({ length }) => length)).toEqual([0, 1]);
    expect(warned[1]?.[0]?.msg).toMatch(
      /^the clock of this machine is 4\d\.\d s ahead of that of Redis/,
    );
    const skew = (await scrape(`http://127.0.0.1:${metricsPort}/metrics`)).value(
      'wallet_sessions_clock_skew_seconds',
    );
    expect(Math.abs(skew - 45)).toBeLessThan(CLOSE / 1000);
  });
});
