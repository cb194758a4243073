import { once } from 'node:events';
import { Server, type AddressInfo } from 'node:net';
import { Wallet } from 'ethers';
import type { WalletSessions } from 'wallet-sessions';

const { listen } = Server.prototype;

/** The server that a snippet starts: on a free port, whichever it asks for. */
const started = new Promise<Server>((resolve) => {
  Server.prototype.listen = function (this: Server) {
    resolve(this);
    return listen.call(this, 0, '127.0.0.1');
  };
});

/** Asks it, as whom the token says; resolves to the status and the text of the answer. */
export async function ask(path: string, accessToken?: string): Promise<[number, string]> {
  const server = await started;
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  return [response.status, await response.text()];
}

export async function stop(walletSessions: WalletSessions): Promise<void> {
  (await started).close();
  await walletSessions.close();
}

/** Signs a new wallet in, without a server. */
export async function signIn({ signIn: service }: WalletSessions) {
  const wallet = Wallet.createRandom();
  const address = wallet.address as `0x${string}`;
  const { message = '' } = await service.createChallenge({ address }, {});
  const signature = await wallet.signMessage(message);
  const { accessToken } = await service.signIn({ message, signature }, {});
  return { address, accessToken };
}
