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
    validate: 'validate, not in memory',
    touch: 'move last-seen',
    refresh: 'refresh',
    start: 'start a session',
    end: 'end a session',
  };
  return {
    title: 'Unit costs, measured',
    head: ['', 'µs of Redis’s core', 'µs of an instance’s core'],
    rows: [
      ...Object.entries(steps).map(([step, name]) => [
        name,
        number.format(costs.redis[step]),
        number.format(costs.process[step]),
      ]),
      [
        'an authenticated `{ session { id } }`, HTTP and GraphQL included',
        '–',
        number.format(costs.request),
      ],
      ['a sign-in, all included', '–', number.format(costs.signIn)],
      ['a session in Redis', `${number.format(costs.bytes)} bytes of its memory`, '–'],
      ['a refresh in the audit log', `${number.format(costs.bytesOfARefresh)} bytes`, '–'],
      ['an end, for a day', `${number.format(costs.bytesOfAnEnd)} bytes`, '–'],
    ],
  };
}

function planTable(plans) {
  const row = (name, valueOf) => [name, ...plans.map(({ plan }) => valueOf(plan))];
  return {
    title: 'The plan, in one region',
    head: ['', ...plans.map(({ route }) => route)],
    rows: [
      row('sessions active at a time', ({ active }) => number.format(active)),
      row('reads of Redis a second', ({ rates }) => number.format(rates.misses)),
      row('updates of last-seen a second', ({ rates }) => number.format(rates.touches)),
      row('refreshes a second', ({ rates }) => number.format(rates.refreshes)),
      row('sign-ins a second, and as many ends', ({ rates }) => number.format(rates.signIns)),
      row('memory of the sessions, GB', ({ gigabytes }) => number.format(gigabytes.sessions)),
      row('memory of full audit logs, GB', ({ gigabytes }) => number.format(gigabytes.auditLogs)),
      row('memory of a day’s ends, GB', ({ gigabytes }) => number.format(gigabytes.ends)),
      row('cores that Redis uses', ({ redisCores }) => number.format(redisCores)),
      row('shards (and as many replicas)', ({ shards, bound }) => `${shards}, for ${bound}`),
      row('of a shard’s core used', ({ useOfAShard }) => percent(useOfAShard)),
      row('instances of one core, half used', ({ instances }) => number.format(instances)),
      row('network of Redis, Mbit/s', ({ megabitsOfRedis }) => number.format(megabitsOfRedis)),
      row('network of the clients, Mbit/s', ({ megabitsOfClients }) =>
        number.format(megabitsOfClients),
      ),
      row('cost of the machines, $ a month', ({ dollarsAMonth }) => number.format(dollarsAMonth)),
      row('cost of the traffic, $ a month', ({ dollarsOfTrafficAMonth }) =>
        number.format(dollarsOfTrafficAMonth),
      ),
    ],
  };
}

function checkTable(plans, costs) {
  const misses = plans
    .slice(0, ROUTES.length)
    .map(({ route, plan: { instances } }) => [
      `validations that ask Redis, ${route}`,
      percent(expectedMisses({ instances, route })),
      percent(simulateMisses({ instances, route })),
    ]);
  const waits = plans.flatMap(({ route, plan }) =>
    [1, 2].map((factor) => {
      const use = Math.min(plan.useOfAShard * factor, 0.99);
      const { p50, p99 } = simulateShard({ mix: mixOf(plan, costs), use });
      const at = `a command at a shard, ${route}, ${percent(use)} of its core used`;
      return [at, '–', `p50 ${number.format(p50)} µs, p99 ${number.format(p99)} µs`];
    }),
  );
  return {
    title: 'The check, simulated',
    head: ['', 'by thought', 'simulated'],
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
