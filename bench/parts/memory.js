import { measuresOf, timeByTurns } from '../report/side-by-side.js';
import { single } from '../report/statistics.js';
import { memoryUsage } from '../service/memory-usage.js';
import { multiply } from '../service/multiply.js';
import { openServices } from '../service/open.js';
import { populate as startSessions } from '../service/population.js';
import { makeWallets } from '../service/wallets.js';
import { SERVER_CORE } from '../system/cores.js';
import { startRedis } from '../system/redis.js';

const FEW = 1000;
const MANY = 1_000_000;
/**
 * So many are made by the service; a million are copies of them. Redis gives a copied log no room to grow: what all
 * of a session takes is to be seen in those that were made.
 */
const MADE = 100_000;
const KEPT = 1000;
const ROUNDS = 7;
const SAMPLES = 200;
/** Sessions that are refreshed once, since the log keeps the newest refresh of each, and then ended. */
const ENDED = 500;
const BYTES =
  'with the metadata of a real client, in Redis; 1,000,000 are 100,000 and copies of them under other keys, whose logs have no room to grow';
/** The entries of everybody and those of each wallet: kept with a session or without. */
const AUDIT_LOG = ['ws:audit', 'activity', 'history', 'attempts'];
/** Without the updates of last-seen, which are not on the path of a request. */
const QUIET = { SESSION_LAST_SEEN_INTERVAL: '1d' };

export const memory = {
  name: 'memory',
  title: 'What a session costs to keep, and whether many cost more than few',
  async run() {
    const few = await populate(FEW);
    const some = await populate(MADE);
    const bytes = [...(await measured(few)), ...(await measured(some))];
    await multiply(some.redis.client, MANY / MADE);
    const many = { ...some, count: MANY };
    bytes.push(...(await measured(many)));
    const shared = await populate(30_000, 3);
    bytes.push(...(await measured(shared)));
    await shared.redis.stop();
    try {
      return [
        { id: 'bytes', title: BYTES, measures: bytes },
        {
          id: 'growth',
          title: 'one call at a time, the near-cache empty',
          measures: await growth(few, many),
        },
        {
          id: 'kept-later',
          title: 'what is kept besides, of what becomes of a session',
          measures: await keptLater(few),
        },
      ];
    } finally {
      await few.redis.stop();
      await many.redis.stop();
    }
  },
};

/** A Redis of its own with so many sessions, each begun by the service; the grants of some of them are kept. */
async function populate(count, perWallet = 1) {
  const redis = await startRedis(SERVER_CORE);
  const { used } = await memoryUsage(redis.client);
  const services = await openServices(redis.url);
  const grants = await startSessions(services.sessions, { count, perWallet, kept: KEPT });
  await services.close();
  return { redis, count, perWallet, grants, usedBefore: used };
}

async function measured({ redis, count, perWallet, usedBefore }) {
  const { byKind, used } = await memoryUsage(redis.client);
  const each = (bytes) => ({ ...single(bytes / count), unit: 'bytes a session' });
  const sum = (kinds) => kinds.reduce((total, [, bytes]) => total + bytes, 0);
  const isAudit = ([kind]) => AUDIT_LOG.includes(kind);
  const ofSessions = [...byKind].filter((kind) => !isAudit(kind));
  const where = `${count.toLocaleString('en-US')} sessions, ${perWallet} a wallet`;
  return [
    { name: `${where}: all keys but the audit log`, ...each(sum(ofSessions)), goal: '≤ 600' },
    ...ofSessions
      .filter(([, bytes]) => bytes >= count)
      .map(([kind, bytes]) => ({ name: `${where}: of that, keys …:${kind}`, ...each(bytes) })),
    {
      name: `${where}: the audit log of their sign-ins`,
      ...each(sum([...byKind].filter(isAudit))),
    },
    { name: `${where}: grown memory of Redis`, ...each(used - usedBefore) },
  ];
}

/** What grows with the use of a session, and what of it is left for a time after its end. */
async function keptLater({ redis, grants }) {
  const services = await openServices(redis.url, QUIET);
  const bytesOf = async (kind) => (await memoryUsage(redis.client)).byKind.get(kind) ?? 0;
  const grown = async (kind, act) => {
    const before = await bytesOf(kind);
    await act();
    return (await bytesOf(kind)) - before;
  };
  const some = grants.slice(0, ENDED);
  const ofRefreshes = await grown('history', async () => {
    for (const { refreshToken } of some) await services.sessions.refresh(refreshToken, SOURCE);
  });
  const ofEnds = await grown('revocations', async () => {
    for (const { session } of some)
      await services.sessions.revoke({
        wallet: session,
        sessionId: session.id,
        reason: 'LOGOUT',
        source: SOURCE,
      });
  });
  await services.close();
  return [
    {
      name: 'a refresh, in the audit log of its wallet',
      ...single(ofRefreshes / some.length),
      unit: 'bytes',
    },
    {
      name: 'the end of a session, for a day, for those who listen',
      ...single(ofEnds / some.length),
      unit: 'bytes',
    },
  ];
}

async function growth(few, many) {
  const wallets = makeWallets(SAMPLES + 30);
  const names = [FEW, MANY].map((count) => `${count.toLocaleString('en-US')} sessions`);
  const rounds = { validate: [], list: [], signIn: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    // New ones each time: their near-caches are empty.
    const services = [
      await openServices(few.redis.url, QUIET),
      await openServices(many.redis.url, QUIET),
    ];
    const byTurns = (act) =>
      timeByTurns({
        subjects: {
          [names[0]]: (index) => act(services[0], few.grants[index], wallets[index]),
          [names[1]]: (index) => act(services[1], many.grants[index], wallets[index]),
        },
        samples: SAMPLES,
      });
    for (const [name, act] of Object.entries(ACTS)) rounds[name].push(await byTurns(act));
    for (const each of services) await each.close();
  }
  return [
    ...measuresOf('validating', rounds.validate, '≤ 1.10'),
    ...measuresOf('listing', rounds.list, '≤ 1.10'),
    ...measuresOf('signing in', rounds.signIn, '≤ 1.10'),
  ];
}

const SOURCE = { ipAddress: '2001:db8::1', userAgent: 'Mozilla/5.0' };

const ACTS = {
  validate:
    ({ sessions }, { accessToken }) =>
    async () => {
      if ((await sessions.validate(accessToken, SOURCE)) === undefined)
        throw new Error('No session.');
    },
  list:
    ({ sessions }, { session }) =>
    () =>
      sessions.list(session.wallet),
  async signIn({ signIn }, _grant, wallet) {
    const { message } = await signIn.createChallenge({ account: wallet.account }, SOURCE);
    const signature = wallet.sign(message);
    return () => signIn.complete({ message, signature }, SOURCE);
  },
};
