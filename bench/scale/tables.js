import { planFor } from './plan.js';
import { expectedMisses, simulateMisses, simulateShard } from './simulate.js';

const number = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const percent = (part) => `${number.format(part * 100)} %`;
const ROUTES = ['sticky', 'spread'];

/** The plan and its check, as tables of text: each `{ title, head, rows }`. */
export function scaleTables(costs) {
  // How many instances there are decides how often Redis is asked, and that how many there must be.
  const plans = ROUTES.map((route) => {
    let plan = planFor(costs, 0.05);
    for (let step = 0; step < 5; step += 1) {
      plan = planFor(costs, expectedMisses({ instances: plan.instances, route }));
    }
    return { route, plan };
  });
  plans.push({ route: 'no near-cache', plan: planFor(costs, 1) });
  return [costTable(costs), planTable(plans), checkTable(plans, costs)];
}

function costTable(costs) {
  const steps = {
    validate: 'validate a session that is not cached',
    touch: 'update last-seen',
    refresh: 'refresh a session',
    start: 'start a session',
    end: 'revoke a session',
  };
  return {
    title: 'Measured unit costs',
    head: ['', 'CPU time of Redis, µs', 'CPU time of an instance, µs'],
    rows: [
      ...Object.entries(steps).map(([step, name]) => [
        name,
        number.format(costs.redis[step]),
        number.format(costs.process[step]),
      ]),
      [
        'an authenticated `{ session { id } }`, with HTTP and GraphQL',
        '–',
        number.format(costs.request),
      ],
      ['a complete sign-in', '–', number.format(costs.signIn)],
      ['a session in Redis', `${number.format(costs.bytes)} bytes`, '–'],
      ['a refresh in the audit log', `${number.format(costs.bytesOfARefresh)} bytes`, '–'],
      ['a revocation, kept for a day', `${number.format(costs.bytesOfAnEnd)} bytes`, '–'],
    ],
  };
}

function planTable(plans) {
  const row = (name, valueOf) => [name, ...plans.map(({ plan }) => valueOf(plan))];
  return {
    title: 'Plan for one region',
    head: ['', ...plans.map(({ route }) => route)],
    rows: [
      row('active sessions', ({ active }) => number.format(active)),
      row('reads from Redis per second', ({ rates }) => number.format(rates.misses)),
      row('last-seen updates per second', ({ rates }) => number.format(rates.touches)),
      row('refreshes per second', ({ rates }) => number.format(rates.refreshes)),
      row('sign-ins per second, and as many sessions that end', ({ rates }) =>
        number.format(rates.signIns),
      ),
      row('memory of sessions, GB', ({ gigabytes }) => number.format(gigabytes.sessions)),
      row('memory of full audit logs, GB', ({ gigabytes }) => number.format(gigabytes.auditLogs)),
      row('memory of a day’s revocations, GB', ({ gigabytes }) => number.format(gigabytes.ends)),
      row('cores used by Redis', ({ redisCores }) => number.format(redisCores)),
      row('shards (and as many replicas)', ({ shards, bound }) => `${shards}, for ${bound}`),
      row('CPU use of a shard', ({ useOfAShard }) => percent(useOfAShard)),
      row('instances of one core, half used', ({ instances }) => number.format(instances)),
      row('network of Redis, Mbit/s', ({ megabitsOfRedis }) => number.format(megabitsOfRedis)),
      row('network of clients, Mbit/s', ({ megabitsOfClients }) =>
        number.format(megabitsOfClients),
      ),
      row('cost of machines, $ per month', ({ dollarsAMonth }) => number.format(dollarsAMonth)),
      row('cost of traffic, $ per month', ({ dollarsOfTrafficAMonth }) =>
        number.format(dollarsOfTrafficAMonth),
      ),
    ],
  };
}

function checkTable(plans, costs) {
  const misses = plans
    .slice(0, ROUTES.length)
    .map(({ route, plan: { instances } }) => [
      `validations that read Redis, ${route}`,
      percent(expectedMisses({ instances, route })),
      percent(simulateMisses({ instances, route })),
    ]);
  const waits = plans.flatMap(({ route, plan }) =>
    [1, 2].map((factor) => {
      const use = Math.min(plan.useOfAShard * factor, 0.99);
      const { p50, p99 } = simulateShard({ mix: mixOf(plan, costs), use });
      const at = `time of a command at a shard, ${route}, ${percent(use)} CPU use`;
      return [at, '–', `p50 ${number.format(p50)} µs, p99 ${number.format(p99)} µs`];
    }),
  );
  return {
    title: 'Simulation',
    head: ['', 'calculated', 'simulated'],
    rows: [...misses, ...waits],
  };
}

function mixOf({ rates }, { redis }) {
  const kinds = [
    [rates.misses, redis.validate],
    [rates.touches, redis.touch],
    [rates.refreshes, redis.refresh],
    [rates.signIns, redis.start],
    [rates.ends, redis.end],
  ];
  const all = kinds.reduce((sum, [rate]) => sum + rate, 0);
  return kinds.map(([rate, cost]) => [rate / all, cost]);
}
