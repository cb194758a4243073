import { access } from 'node:fs/promises';
import { spreadOf } from '../report/statistics.js';
import { PACKED_PROGRAM, PROGRAM, startService } from '../service/start.js';
import { startRedis } from '../system/redis.js';

const ROUNDS = 8;

/** The program as it is published, and the same modules as the files of their packages. */
const PROGRAMS = { 'the packed service': PACKED_PROGRAM, 'not bundled': PROGRAM };

/** Processor time, which other work on the machine changes less than the time of a clock. */
export const processStart = {
  name: 'process-start',
  title: 'The start of the service, until it has answered its first query',
  async run() {
    await access(PACKED_PROGRAM).catch((cause) => {
      throw new Error('The packed service is missing. Run: npm run build:service', { cause });
    });
    const redis = await startRedis();
    const rounds = [];
    try {
      for (let round = 0; round < ROUNDS; round += 1) rounds.push(await startEach(redis.url));
    } finally {
      await redis.stop();
    }
    const [packed, files] = Object.keys(PROGRAMS);
    return [
      {
        id: 'processor-time',
        title: 'Processor time of the process',
        measures: [
          ...Object.keys(PROGRAMS).map((name) => ({
            name,
            ...spreadOf(rounds.map((times) => times[name])),
            unit: 'ms',
          })),
          {
            name: `${packed} / ${files}`,
            ...spreadOf(rounds.map((times) => times[packed] / times[files])),
            unit: 'times',
            goal: '≤ 0.6',
          },
        ],
      },
    ];
  },
};

/** Milliseconds of each program. */
async function startEach(redisUrl) {
  const times = {};
  for (const [name, program] of Object.entries(PROGRAMS)) {
    const server = await startService({ redisUrl, program });
    times[name] = 1000 * (await server.cpuTime());
    await server.stop();
  }
  return times;
}
