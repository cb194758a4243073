import { type Clock, type StoreClock, systemClock } from '../../../clock.js';
import type { RedisClient } from '../connection/index.js';
import { scripts } from './generated/scripts.js';

/** Milliseconds between two measurements. */
const INTERVAL = 10_000;

/** Milliseconds of uncertainty beyond which a measurement is only used if there is no other. */
const MAX_UNCERTAINTY = 2000;

/** Milliseconds of difference beyond which an operator should synchronize the clocks. */
const NOTICEABLE_SKEW = 2000;

export interface ServerClock extends StoreClock {
  /** Measures the difference once, and again every 10 seconds and after each reconnection. Never rejects. */
  start(): Promise<void>;
  stop(): void;
}

export interface ServerClockOptions {
  readonly client: RedisClient;
  /** Identifies the server whose clock applies. In a cluster, that is the master of the key's slot. */
  readonly key: string;
  readonly onSkew?: ((ahead: number) => void) | undefined;
  /** Default: the system clock. */
  readonly local?: Clock | undefined;
}

/**
 * Measures how the clock of one Redis server differs from the local clock. The server reads its clock between the request
 * and the reply, so each measurement yields an interval. The difference changes only when a measurement excludes it:
 * on machines whose clocks agree, it is exactly 0.
 *
 * A step of either clock is followed at the next measurement, in both directions.
 */
export function createServerClock(options: ServerClockOptions): ServerClock {
  const { client, key, onSkew = () => {}, local = systemClock } = options;
  let ahead = 0;
  let isMeasured = false;
  let isSkewed = false;
  let cancel = () => {};
  let isStopped = false;

  function take(earliest: number, latest: number): void {
    if (earliest > latest) return;
    if (isMeasured && latest - earliest > MAX_UNCERTAINTY) return;
    isMeasured = true;
    if (ahead < earliest || ahead > latest) ahead = Math.round((earliest + latest) / 2);
    const wasSkewed = isSkewed;
    isSkewed = Math.abs(ahead) > NOTICEABLE_SKEW;
    if (isSkewed && !wasSkewed) onSkew(ahead);
  }

  async function measure(): Promise<void> {
    const before = local.now();
    try {
      const time = Number(await client.eval(scripts.time, 1, key));
      // All three are whole milliseconds, rounded down.
      take(time - local.now() - 1, time + 1 - before);
    } catch {
      // The outage is reported by others. The last measurement stays.
    }
  }

  async function run(): Promise<void> {
    cancel();
    await measure();
    cancel();
    if (!isStopped) cancel = local.schedule(INTERVAL, () => void run());
  }

  // The next connection may lead to another server.
  client.on('ready', () => void run());

  return {
    ahead: () => ahead,
    start: run,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
