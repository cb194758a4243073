import { once } from 'node:events';
import { Server, type AddressInfo } from 'node:net';
import { Wallet } from 'ethers';
import type { WalletSessions } from 'wallet-sessions';

const { listen } = Server.prototype;

/** The server that a snippet starts. It listens on a free port instead of the requested one. */
const started = new Promise<Server>((resolve) => {
  Server.prototype.listen = function (this: Server) {
    resolve(this);
    return Reflect.apply(listen, this, [0, '127.0.0.1']) as Server;
  };
});

/** Sends the server a request. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const server = await started;
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}${path}`, init);
}

/** Sends the server a request with an access token, and resolves to the status and the text of the answer. */
export async function ask(path: string, accessToken?: string): Promise<[number, string]> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const response = await send(path, accessToken === undefined ? {} : { headers });
  return [response.status, await response.text()];
}

export async function stop(walletSessions: WalletSessions): Promise<void> {
  (await started).close();
  await walletSessions.close();
}

/** A challenge message signed by a new wallet. */
export async function signedMessage({ signIn }: WalletSessions) {
  const wallet = Wallet.createRandom();
  const account = `eip155:0:${wallet.address}` as const;
  const { message = '' } = await signIn.createChallenge({ account }, {});
  return { account, message, signature: await wallet.signMessage(message) };
}

/** Signs a new wallet in, without a server. */
export async function signIn(walletSessions: WalletSessions) {
  const { account, ...signed } = await signedMessage(walletSessions);
  const { accessToken } = await walletSessions.signIn.complete(signed, {});
  return { account, accessToken };
}
