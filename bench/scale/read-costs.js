import { findTable } from '../report/find-table.js';

/** The measured costs that the plan is made of, from the parts of a results file. */
export function readCosts(parts) {
  const table = (part, id) => findTable(parts, part, id);
  const { measures: inRedis } = table('unit-costs', 'redis');
  const { measures: inProcess } = table('unit-costs', 'process');
  const stepsOf = (measures) => ({
    validate: valueOf(measures, 'validate, not in memory'),
    touch: valueOf(measures, 'move last-seen'),
    refresh: valueOf(measures, 'refresh'),
    start: valueOf(measures, 'start a session'),
    end: valueOf(measures, 'end a session'),
  });
  const keptLater = table('memory', 'kept-later').measures;
  return {
    redis: stepsOf(inRedis),
    process: stepsOf(inProcess),
    request: microsecondsOf(table('graphql', 'peers'), 'this service, authenticated'),
    /** The challenge, and its answer. */
    signIn:
      microsecondsOf(table('sign-in', 'challenge'), 'this service') +
      microsecondsOf(table('sign-in', 'answer'), 'this service'),
    /** Of sessions that were made, not copied: a copy is smaller. */
    bytes: table('memory', 'bytes').measures.find(({ name }) =>
      /^100,000 .* memory of Redis$/.test(name),
    ).median,
    bytesOfARefresh: valueOf(keptLater, 'a refresh, in the audit log of its wallet'),
    bytesOfAnEnd: valueOf(keptLater, 'the end of a session, for a day, for those who listen'),
  };
}

const valueOf = (measures, step) => measures.find(({ name }) => name === step).median;

function microsecondsOf({ rows }, name) {
  return 1e6 / rows.find(({ subject }) => subject === name).perCoreSecond.median;
}
