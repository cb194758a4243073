/** The measured costs that the plan is made of, from the parts of a results file. */
export function readCosts(parts) {
  const [inRedis, inProcess] = parts['unit-costs'].tables.map(({ measures }) => measures);
  const stepsOf = (measures) => ({
    validate: valueOf(measures, 'validate, not in memory'),
    touch: valueOf(measures, 'move last-seen'),
    refresh: valueOf(measures, 'refresh'),
    start: valueOf(measures, 'start a session'),
    end: valueOf(measures, 'end a session'),
  });
  const [asking, answering] = parts['sign-in'].tables;
  return {
    redis: stepsOf(inRedis),
    process: stepsOf(inProcess),
    request: microsecondsOf(parts.graphql.tables[0], 'this service, authenticated'),
    /** The challenge, and its answer. */
    signIn: microsecondsOf(asking, 'this service') + microsecondsOf(answering, 'this service'),
    bytes: parts.memory.tables[0].measures.find(({ name }) =>
      /^1,000,000 .* memory of Redis$/.test(name),
    ).median,
    bytesOfARefresh: valueOf(
      parts.memory.tables[2].measures,
      'a refresh, in the audit log of its wallet',
    ),
    bytesOfAnEnd: valueOf(
      parts.memory.tables[2].measures,
      'the end of a session, for a day, for those who listen',
    ),
  };
}

const valueOf = (measures, step) => measures.find(({ name }) => name === step).median;

function microsecondsOf({ rows }, name) {
  return 1e6 / rows.find(({ subject }) => subject === name).perCoreSecond.median;
}
