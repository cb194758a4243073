import { pino } from 'pino';
import { WalletSessionsError, Warning } from '../../src/errors.js';
import { createErrorLog, INTERVAL } from '../../src/service/error-log.js';
import { createFakeClock } from '../harness/clock.js';

describe('the log of repeated errors', () => {
  function aLog() {
    const lines: { level: number; msg: string; count?: number; err?: { stack: string } }[] = [];
    const write = (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]);
    const clock = createFakeClock();
    const report = createErrorLog(pino({ base: null }, { write }), clock);
    return { lines, clock, report };
  }

  const unavailable = (why: string) =>
    new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause: new Error(why) });
  const OUTAGE = 'requests are refused because the store does not answer';

  it('logs an outage in one line when it begins, counts errors while it lasts, and logs one line when it ends', () => {
    const { lines, clock, report } = aLog();
    for (let count = 0; count < 3000; count += 1) report(unavailable(`reason ${count % 3}`));
    expect(lines).toEqual([expect.objectContaining({ level: 50, msg: OUTAGE })]);
    clock.advance(INTERVAL);
    report(unavailable('again'));
    clock.advance(INTERVAL);
    clock.advance(INTERVAL);
    expect(lines.slice(1)).toEqual([
      expect.objectContaining({ level: 50, msg: `${OUTAGE}: repeatedly`, count: 2999 }),
      expect.objectContaining({ level: 50, msg: `${OUTAGE}: repeatedly`, count: 1 }),
      expect.objectContaining({ level: 30, msg: `${OUTAGE}: no longer`, count: 3001 }),
    ]);
    expect(lines.slice(1).some((line) => 'err' in line)).toBe(false);
    report(unavailable('another outage'));
    expect(lines).toHaveLength(5);
  });

  it('logs five errors of a kind in full and only counts those that follow', () => {
    const { lines, clock, report } = aLog();
    for (let port = 0; port < 1000; port += 1) report(new Error(`defect at ${port}`));
    report(new Error('another defect'));
    report(new Warning('a node failed'));
    expect(lines.map(({ level }) => level)).toEqual([50, 50, 50, 50, 50, 50, 40]);
    clock.advance(INTERVAL);
    expect(lines.slice(7)).toEqual([expect.objectContaining({ level: 50, count: 995 })]);
  });

  it('bounds the number of log lines for errors with different messages', () => {
    const { lines, report } = aLog();
    const different = (count: number) =>
      String.fromCodePoint(
        ...Array.from({ length: 3 }, (_, at) => 97 + (Math.floor(count / 26 ** at) % 26)),
      );
    for (let count = 0; count < 10_000; count += 1) report(new Error(different(count)));
    expect(lines.length).toBeLessThan(150);
  });
});
