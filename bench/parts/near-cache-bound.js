import { setImmediate, setTimeout } from 'node:timers/promises';
import { quantile, single } from '../report/statistics.js';
import { openServices } from '../service/open.js';
import { makeWallets } from '../service/wallets.js';
import { openDeafProxy } from '../system/deaf-proxy.js';
import { startRedis } from '../system/redis.js';

/** Milliseconds that `NEAR_CACHE_BOUND` is set to, and how many revocations are lost with each. */
const BOUNDS = [
  [1000, 30],
  [250, 60],
  [0, 60],
];
/** What the connection has sent that hears what Redis says of changes. */
const CHANNEL = '__redis__:invalidate';
const SOURCE = { ipAddress: '2001:db8::1', userAgent: 'Mozilla/5.0' };
const [WALLET] = makeWallets(1);

/** The worst case of a near-cache: what Redis says of changes gets lost, and no connection breaks. */
export const nearCacheBound = {
  name: 'near-cache-bound',
  title:
    'How long a revoked session still passes where Redis’s word of it is lost, and no connection breaks',
  async run() {
    const measures = [];
    for (const [bound, rounds] of BOUNDS) measures.push(...(await measureBound(bound, rounds)));
    return [
      {
        id: 'let-in',
        title: 'from the answer of the revocation to the last request let in',
        measures,
      },
    ];
  },
};

async function measureBound(bound, rounds) {
  const redis = await startRedis();
  const proxy = await openDeafProxy(redis.port);
  const quiet = { SESSION_LAST_SEEN_INTERVAL: '1d', SESSION_LIMIT: '0' };
  const there = await openServices(redis.url, quiet);
  const here = await openServices(proxy.url, { ...quiet, NEAR_CACHE_BOUND: `${bound}ms` });
  try {
    const passed = [];
    for (let round = 0; round < rounds; round += 1) {
      passed.push(await passesFor({ here, there, proxy, bound }));
    }
    const measure = (what, value) => ({
      name: `NEAR_CACHE_BOUND=${bound}ms, ${what}`,
      ...single(value),
      unit: 'ms',
    });
    return [
      measure('p50', quantile(passed, 0.5)),
      { ...measure(`longest of ${rounds}`, quantile(passed, 1)), goal: `≤ ${bound}` },
    ];
  } finally {
    await here.close();
    await there.close();
    await proxy.stop();
    await redis.stop();
  }
}

/** Milliseconds for which a session that has ended elsewhere is still let in here, which does not hear of it. */
async function passesFor({ here, there, proxy, bound }) {
  const { accessToken, session } = await there.sessions.create(
    { wallet: WALLET.account, chainId: 'eip155:1' },
    SOURCE,
  );
  const validate = () => here.sessions.validate(accessToken, SOURCE);
  // It is in memory when it is known at once.
  while ((await validate()) === undefined || (bound > 0 && validate() instanceof Promise)) {
    await setImmediate();
  }
  // At any moment between two proofs that the channel is heard.
  await setTimeout(Math.random() * bound);
  proxy.deafen(CHANNEL);
  await there.sessions.revoke({
    wallet: session,
    sessionId: session.id,
    reason: 'LOGOUT',
    source: SOURCE,
  });
  const answered = performance.now();
  let lastLetIn = answered;
  for (;;) {
    const asked = performance.now();
    if ((await validate()) === undefined) return lastLetIn - answered;
    lastLetIn = asked;
    await setImmediate();
  }
}
