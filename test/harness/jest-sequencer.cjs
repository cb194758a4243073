'use strict';
const { default: Sequencer } = require('@jest/test-sequencer');

/** The slowest files, the slowest first. */
const SLOWEST = [
  'docs/commands',
  'packaging/package',
  'reliability/ends-through-reconnections',
  'packaging/client-package',
  'security/soak',
  'audit/flooded-audit-log',
  'cli/operator',
  'docs/programs',
  'pages/graphiql-page',
  'cli/doctor',
  'service/explained-start',
  'packaging/service-package',
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
