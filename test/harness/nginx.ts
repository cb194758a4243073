import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { temporaryDirectory } from './stores.js';
import { ensureNginx } from './system-package.js';

/** A real nginx in front of several instances. */
export interface Nginx {
  readonly port: number;
  /** Opens a connection of a client at this address, which nginx learns from the PROXY protocol. */
  connect(address: string): Promise<Socket>;
  close(): Promise<void>;
}

/** A process of nginx. */
interface NginxProcess {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts nginx on a free port of 127.0.0.1 with these directives in its `http` block. */
export async function runNginx(
  directives: (port: number, directory: string) => string | Promise<string>,
): Promise<NginxProcess> {
  const [binary, port, directory] = await Promise.all([
    ensureNginx(),
    freePort(),
    temporaryDirectory(),
  ]);
  const configuration = join(directory.path, 'nginx.conf');
  await writeFile(configuration, configure(directory.path, await directives(port, directory.path)));
  const log = join(directory.path, 'error.log');
  const nginx = spawn(binary, ['-p', directory.path, '-c', configuration, '-e', log], {
    stdio: 'ignore',
  });
  const exited = once(nginx, 'exit');
  await eventually(async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
  });
  return {
    port,
    async close() {
      nginx.kill('SIGTERM');
      await exited;
      await directory.remove();
    },
  };
}

/** Sends requests to the instances in turn, in the way that the documentation of nginx shows for WebSockets. */
export async function startNginx(instances: readonly string[]): Promise<Nginx> {
  const { port, close } = await runNginx((ownPort) => inTurn(ownPort, instances));

  async function open(address: string): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    const [family, own] = address.includes(':') ? ['TCP6', '::1'] : ['TCP4', '127.0.0.1'];
    socket.write(`PROXY ${family} ${address} ${own} 50000 ${port}\r\n`);
    return socket;
  }
  return { port, connect: open, close };
}

function inTurn(port: number, instances: readonly string[]): string {
  const servers = instances.map(
    (url) => `server ${new URL(url).host.replace('localhost', '127.0.0.1')};`,
  );
  return `
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  upstream instances { ${servers.join(' ')} }
  server {
    listen 127.0.0.1:${port} proxy_protocol;
    set_real_ip_from 127.0.0.1;
    real_ip_header proxy_protocol;
    location / {
      proxy_pass http://instances;
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }
  }
`;
}

function configure(directory: string, directives: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
pid ${directory}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join('\n  ')}
  ${directives}
}
`;
}
