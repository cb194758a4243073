import { Cluster } from 'ioredis';
import { slotOwner, type RedisClient } from '../connection/index.js';
import { scripts } from './generated/scripts.js';

/**
 * Keeps scripts from running after their deadline. Redis executes every command that it has received, however late: a
 * stalled server continues with its backlog.
 */
export interface Deadlines {
  /**
   * Sends a script that includes `lua/_deadline.lua`, with the deadline as its last argument.
   * @param key a key in the slot of the keys of the script
   */
  within<Reply>(key: string, send: (deadline: number) => Promise<Reply>): Promise<Reply>;
}

/** Milliseconds after which a measurement is repeated, alongside the next command. */
const MEASUREMENT_INTERVAL = 10_000;

/** The offset of a clock of a server from the local monotonic clock. */
interface Measurement {
  /** Milliseconds by which the server is ahead, at least. */
  readonly ahead: number;
  readonly at: number;
}

/**
 * Creates deadlines by the clock of the server that executes the script, which may differ from the local clock. The
 * server is asked for its time. Since its reply is older than the moment of its arrival, the measured offset is a
 * lower bound: a deadline is never late, and early by no more than the latency of the reply.
 * @param timeout milliseconds after which the client abandons a command
 * @param monotonic a clock in milliseconds that never steps, with any origin
 */
export function createDeadlines(
  client: RedisClient,
  timeout: number,
  monotonic: () => number = () => performance.now(),
): Deadlines {
  const measurements = new Map<string, Measurement>();
  const inFlight = new Map<string, Promise<Measurement>>();
  // The next connection may lead to another server.
  client.on('ready', () => {
    measurements.clear();
  });

  /** Identifies the server whose clock applies. */
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
      inFlight.delete(server);
    }
  }

  function measure(key: string): Promise<Measurement> {
    const server = serverOf(key);
    const request = inFlight.get(server) ?? ask(server, key);
    inFlight.set(server, request);
    return request;
  }

  function lastMeasurement(key: string): Measurement | undefined {
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
        return await send(deadlineBy(lastMeasurement(key) ?? (await measure(key))));
      } catch (error) {
        if (!isLate(error)) throw error;
        // The command arrived in time, so the clock of the server has stepped. The script had no effect.
        return send(deadlineBy(await measure(key)));
      }
    },
  };
}

function isLate(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('LATE ');
}
