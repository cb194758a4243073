import type { Duplex } from 'node:stream';
import { Redis } from 'ioredis';
import type { RedisSettings } from './connect.js';

/** How soon a client that ended by itself connects again, in milliseconds. */
const REVIVAL_DELAY = 100;

/**
 * A client that goes on connecting until it is told to disconnect. That of ioredis gives up for good when a
 * sentinel announces a failover just while it asks one who is master: it takes the announcement's hanging up
 * for its owner's.
 */
export class PersistentRedis extends Redis {
  #released = false;

  constructor(options: RedisSettings) {
    super(options);
    this.on('end', () => {
      if (!this.#released) setTimeout(() => void this.#revive(), REVIVAL_DELAY);
    });
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) this.#released = true;
    // One that is given up in the middle of a TLS handshake may fail twice, and ioredis listens once: the
    // second error would end the process.
    (this.stream as Duplex | undefined)?.on('error', () => undefined);
    super.disconnect(reconnect);
  }

  async #revive(): Promise<void> {
    if (this.#released || this.status !== 'end') return;
    // Its failure is an `error` event; and where it ends once more, it is revived once more.
    await this.connect().catch(() => undefined);
  }
}
