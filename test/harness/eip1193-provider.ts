import { toUtf8String, Wallet } from 'ethers';
import type { Eip1193Provider } from '../../client/src/index.js';

export interface TestProvider extends Eip1193Provider {
  readonly address: string;
  readonly account: string;
}

/** An injected wallet with a real key. */
export function aProvider({ chainId = 1, declines = false } = {}): TestProvider {
  const wallet = Wallet.createRandom();
  const answers: Record<string, (params: readonly string[]) => unknown> = {
    // Wallets return addresses in lower case.
    eth_requestAccounts: () => [wallet.address.toLowerCase()],
    eth_accounts: () => [wallet.address.toLowerCase()],
    eth_chainId: () => `0x${chainId.toString(16)}`,
    personal_sign: ([data = '', account = '']) => {
      if (declines) throw failure(4001, 'User rejected the request.');
      if (account.toLowerCase() !== wallet.address.toLowerCase()) {
        throw failure(4100, 'Not an account of this wallet.');
      }
      return wallet.signMessage(toUtf8String(data));
    },
  };
  return {
    address: wallet.address,
    account: `eip155:0:${wallet.address}`,
    request: ({ method, params = [] }) =>
      new Promise((resolve) => {
        const answer = answers[method];
        if (answer === undefined) throw failure(4200, `${method} is not supported.`);
        resolve(answer(params as readonly string[]));
      }),
  };
}

/** An EIP-1193 error. */
function failure(code: number, message: string): Error {
  return Object.assign(new Error(message), { code });
}
