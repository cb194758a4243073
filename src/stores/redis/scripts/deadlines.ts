import { Cluster } from 'ioredis';
import { type RedisClient, slotOwner } from '../connection/client.js';
import { scripts } from './generated/scripts.js';

/**
 * Sees to it that a command is not executed after the time that its caller gives it. Redis executes what it has
 * received, however late: a server that stood still goes on with what was sent to it.
 */
export interface Deadlines {
  /**
   * Sends a script that includes `lua/_deadline.lua`, with its deadline as the last argument.
   * @param key one in the slot of the script's keys
   */
  within<Reply>(key: string, send: (deadline: number) => Promise<Reply>): Promise<Reply>;
}

/** How old a measurement may be before another one is made beside the next command. Milliseconds. */
const MEASUREMENT_INTERVAL = 10_000;

/** How much a server's clock is ahead of the one here, at the least. */
interface Measurement {
  readonly ahead: number;
  readonly at: number;
}

/**
 * Deadlines by the clock of the server that is to execute the command, which need not agree with the one of
 * this machine. The server is asked for its time. What it answers was true before the answer was here; so a
 * deadline is never late, and early by no more than the answer took on its way.
 * @param timeout milliseconds after which the client gives a command up
 * @param monotonic a clock in milliseconds that never steps, whatever it began with
 */
export function createDeadlines(
  client: RedisClient,
  timeout: number,
  monotonic: () => number = () => performance.now(),
): Deadlines {
  const measurements = new Map<string, Measurement>();
  const underWay = new Map<string, Promise<Measurement>>();
  // It may be another server from here on.
  client.on('ready', () => {
    measurements.clear();
  });

  /** Whose clock it is. */
  function serverOf(key: string): string {
    return (client instanceof Cluster ? slotOwner(client, key) : undefined) ?? '';
  }

  async function ask(server: string, key: string): Promise<Measurement> {
    try {
      const time = Number(await client.eval(scripts.time, 1, key));
      const at = monotonic();
      const measurement = { ahead: time - at, at };
      measurements.set(server, measurement);
      return measurement;
    } finally {
      underWay.delete(server);
    }
  }

  function measure(key: string): Promise<Measurement> {
    const server = serverOf(key);
    const asked = underWay.get(server) ?? ask(server, key);
    underWay.set(server, asked);
    return asked;
  }

  function known(key: string): Measurement | undefined {
    const measurement = measurements.get(serverOf(key));
    if (measurement !== undefined && monotonic() - measurement.at > MEASUREMENT_INTERVAL) {
      measure(key).catch(() => undefined);
    }
    return measurement;
  }

  const deadlineBy = ({ ahead }: Measurement) => Math.floor(ahead + monotonic() + timeout);

  return {
    async within(key, send) {
      try {
        return await send(deadlineBy(known(key) ?? (await measure(key))));
      } catch (error) {
        if (!isLate(error)) throw error;
        // That came in time: it is the server's clock that has stepped. Nothing was done.
        return send(deadlineBy(await measure(key)));
      }
    },
  };
}

function isLate(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('LATE ');
}
