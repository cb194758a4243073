'use strict';
const { default: Sequencer } = require('@jest/test-sequencer');

/** The slowest files, the slowest first. */
const SLOWEST = [
  'docs/programs',
  'packaging/package',
  'docs/commands',
  'pages/sessions-page',
  'pages/admin-page',
  'packaging/client-package',
  'packaging/service-package',
  'security/soak',
  'security/kept-memory',
  'service/explained-start',
  'cli/operator',
  'cli/doctor',
  'reliability/redis-faults',
  'reliability/shutdown',
  'stores/redis-cluster',
  'stores/embedded',
  'reliability/failover',
  'pages/appearance',
  'pages/graphiql-page',
  'reliability/ends-through-reconnections',
  'audit/flooded-audit-log',
];

const rankOf = ({ path }) => SLOWEST.findIndex((file) => path.endsWith(`/test/${file}.test.ts`));

/**
 * Starts the slowest files first in a clean clone, where Jest does not know how long files take, so that no worker is
 * left alone with one of them at the end.
 */
module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    const slow = sorted.filter((test) => rankOf(test) !== -1);
    const others = sorted.filter((test) => rankOf(test) === -1);
    return [...slow.sort((a, b) => rankOf(a) - rankOf(b)), ...others];
  }
};
