import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * A way to Redis on which what it says can get lost while no connection breaks, as behind a firewall that has forgotten
 * them. A connection is named by a text that its client has sent.
 */
export async function openDeafProxy(port) {
  const connections = new Set();
  const server = createServer((client) => {
    const redis = connect(port, '127.0.0.1');
    const connection = { client, redis, sent: '', isDeaf: false };
    connections.add(connection);
    client.setNoDelay();
    redis.setNoDelay();
    client.on('data', (data) => {
      connection.sent += data.toString('latin1');
      redis.write(data);
    });
    redis.on('data', (data) => {
      if (!connection.isDeaf) client.write(data);
    });
    for (const end of [client, redis]) {
      end.on('error', () => undefined);
      end.on('close', () => {
        connections.delete(connection);
        client.destroy();
        redis.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${server.address().port}`,
    /** From now on the connections that are open and have sent that hear nothing. */
    deafen(marker) {
      for (const connection of connections) {
        if (connection.sent.includes(marker)) connection.isDeaf = true;
      }
    },
    async stop() {
      for (const { client } of connections) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
