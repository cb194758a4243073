import { Wallet } from 'ethers';

export type Account = ReturnType<typeof Wallet.createRandom>;

interface Emitter {
  emit(name: 'change', data: { accounts?: readonly string[]; chainId?: number }): void;
}

/** `createConnector` of wagmi. */
type CreateConnector = (make: (config: { emitter: Emitter }) => unknown) => unknown;

export interface WagmiWallet {
  /** What it signs with. */
  readonly account: Account;
  /** How often it has signed. */
  readonly signatures: number;
  readonly connector: unknown;
  switchAccount(account: Account): void;
  switchChain(chainId: number): void;
}

/** A wallet of wagmi with a real key. */
export function aWagmiWallet(
  createConnector: CreateConnector,
  first: Account = Wallet.createRandom(),
): WagmiWallet {
  let emitter: Emitter;
  let account = first;
  let chainId = 1;
  let signatures = 0;
  const provider = {
    request({ method, params }: { method: string; params?: readonly string[] }) {
      if (method === 'eth_chainId') return `0x${chainId.toString(16)}`;
      if (method === 'eth_accounts') return [account.address];
      if (method !== 'personal_sign') throw new Error(`${method} is not expected.`);
      signatures += 1;
      return account.signMessage(Buffer.from(params?.[0]?.slice(2) ?? '', 'hex'));
    },
  };
  return {
    get account() {
      return account;
    },
    get signatures() {
      return signatures;
    },
    connector: createConnector((config) => {
      ({ emitter } = config);
      return {
        id: 'test',
        name: 'Test',
        type: 'injected',
        connect: () => Promise.resolve({ accounts: [account.address], chainId }),
        disconnect: () => Promise.resolve(),
        getAccounts: () => Promise.resolve([account.address]),
        getChainId: () => Promise.resolve(chainId),
        getProvider: () => Promise.resolve(provider),
        isAuthorized: () => Promise.resolve(true),
        onAccountsChanged: () => undefined,
        onChainChanged: () => undefined,
        onDisconnect: () => undefined,
      };
    }),
    switchAccount(to) {
      account = to;
      emitter.emit('change', { accounts: [to.address] });
    },
    switchChain(to) {
      chainId = to;
      emitter.emit('change', { chainId });
    },
  };
}
