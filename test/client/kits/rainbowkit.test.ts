import { startTestService, type TestService } from '../../harness/service.js';
import '../../harness/page.js';
import { cleanup, render, within } from '@testing-library/react';
import { Wallet } from 'ethers';
import { createElement, type FunctionComponent, type ReactNode } from 'react';
import {
  createRainbowKitAdapter,
  useRainbowKitStatus,
  type RainbowKitAdapter,
  type RainbowKitStatus,
} from '../../../client/src/kits/rainbowkit.js';
import { closeClients, openClient, type TestClient } from '../../harness/client.js';
import { bundleKit, QUERIES, renderWithoutAct } from '../../harness/kit-code.js';
import { aWebStorage } from '../../harness/token-storage.js';
import { aWagmiWallet, type Account, type WagmiWallet } from '../../harness/wagmi-wallet.js';

/** Not `screen` of the library, which is loaded once for several files and keeps the page of the first one. */
const screen = within(document.body);

/** What is used of wagmi and RainbowKit: their own code, by the names that they give. */
interface Kit {
  readonly WagmiProvider: FunctionComponent<{
    config: unknown;
    reconnectOnMount: boolean;
    children?: ReactNode;
  }>;
  readonly QueryClientProvider: FunctionComponent<{ client: unknown; children?: ReactNode }>;
  readonly QueryClient: new (options: unknown) => unknown;
  readonly RainbowKitAuthenticationProvider: FunctionComponent<{
    adapter: RainbowKitAdapter;
    status: RainbowKitStatus;
    children?: ReactNode;
  }>;
  readonly RainbowKitProvider: FunctionComponent<{ children?: ReactNode }>;
  readonly useConnectModal: () => { openConnectModal?: () => void };
  readonly useAccount: () => { address?: string };
  createConfig(options: unknown): {
    readonly connectors: readonly unknown[];
  };
  readonly createConnector: Parameters<typeof aWagmiWallet>[0];
  http(url: string): unknown;
  connect(config: unknown, request: unknown): Promise<unknown>;
  disconnect(config: unknown): Promise<void>;
  readonly mainnet: unknown;
  readonly optimism: unknown;
}

const EXPORTS = `
  export { RainbowKitProvider, RainbowKitAuthenticationProvider, useConnectModal } from '@rainbow-me/rainbowkit';
  export { WagmiProvider, createConfig, createConnector, http, useAccount } from 'wagmi';
  export { connect, disconnect } from 'wagmi/actions';
  export { mainnet, optimism } from 'wagmi/chains';
  export { QueryClient, QueryClientProvider } from '@tanstack/react-query';`;

/** The first dialog takes a second to render on a busy machine. */
const PATIENT = { timeout: 10_000 };

describe('RainbowKit with the adapter', () => {
  let service: TestService;
  let kit: Kit;
  beforeAll(async () => {
    renderWithoutAct();
    service = await startTestService('embedded', { SIGN_IN_CHAIN_IDS: 'eip155:1,eip155:10' });
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the kit runs in the page of this test
    kit = require(await bundleKit('rainbowkit', EXPORTS)) as Kit;
  });
  afterEach(() => {
    cleanup();
    closeClients();
  });
  afterAll(() => service.stop());

  const aWallet = (account?: Account) => aWagmiWallet(kit.createConnector, account);

  function Authentication({ client, children }: { client: TestClient; children?: ReactNode }) {
    const { address } = kit.useAccount();
    const status = useRainbowKitStatus(client, address);
    const adapter = adapterOf(client);
    return createElement(kit.RainbowKitAuthenticationProvider, { adapter, status }, children);
  }

  function Status({ client }: { client: TestClient }) {
    const { address } = kit.useAccount();
    const status = useRainbowKitStatus(client, address);
    const { openConnectModal } = kit.useConnectModal();
    return createElement(
      'div',
      undefined,
      createElement('p', undefined, `${status} ${address ?? 'nobody'}`),
      createElement('button', { onClick: openConnectModal }, 'Open'),
    );
  }

  /** An application with RainbowKit, whose wallet is connected. */
  async function openPage(client: TestClient, wallet: WagmiWallet) {
    const chains = [kit.mainnet, kit.optimism];
    const transports = { 1: kit.http('http://127.0.0.1:9'), 10: kit.http('http://127.0.0.1:9') };
    const config = kit.createConfig({
      chains,
      transports,
      connectors: [wallet.connector],
      storage: null,
      multiInjectedProviderDiscovery: false,
    });
    render(
      createElement(
        kit.WagmiProvider,
        { config, reconnectOnMount: false },
        createElement(
          kit.QueryClientProvider,
          { client: new kit.QueryClient(QUERIES) },
          createElement(
            Authentication,
            { client },
            createElement(kit.RainbowKitProvider, {}, createElement(Status, { client })),
          ),
        ),
      ),
    );
    await kit.connect(config, { connector: config.connectors[0] });
    return config;
  }

  /** Clicks through RainbowKit's dialog. */
  async function signIn({ account }: WagmiWallet) {
    await screen.findByText(`unauthenticated ${account.address}`);
    screen.getByText('Open').click();
    // It says so once it has a nonce.
    (await screen.findByText('Sign message', {}, PATIENT)).click();
    await screen.findByText(`authenticated ${account.address}`, {}, PATIENT);
  }

  it('signs in through the dialog, and asks for no signature after a reload', async () => {
    const wallet = aWallet();
    const storage = aWebStorage();
    const client = openClient(service, { storage });
    await openPage(client, wallet);
    await signIn(wallet);
    expect(client.state.session).toMatchObject({
      wallet: `eip155:0:${wallet.account.address}`,
      chainId: 'eip155:1',
    });

    cleanup();
    client.close();
    const again = aWallet(wallet.account);
    await openPage(openClient(service, { storage }), again);
    await screen.findByText(`authenticated ${again.account.address}`);
    expect(again.signatures).toBe(0);
  });

  it('stays signed in when the wallet changes its network', async () => {
    const wallet = aWallet();
    const client = openClient(service);
    await openPage(client, wallet);
    await signIn(wallet);
    wallet.switchChain(10);
    await screen.findByText(`authenticated ${wallet.account.address}`);
    expect(client.told('end')).toEqual([]);
  });

  it('logs out when the wallet changes its account, and signs the other account in', async () => {
    const wallet = aWallet();
    const client = openClient(service);
    await openPage(client, wallet);
    await signIn(wallet);
    const bystander = openClient(service);
    await bystander.signIn(wallet.account);
    wallet.switchAccount(Wallet.createRandom());
    expect(await client.heard('end')).toMatchObject({ reason: 'LOGOUT' });
    await signIn(wallet);
    expect(client.state.session).toMatchObject({ wallet: `eip155:0:${wallet.account.address}` });
    expect((await bystander.sessions()).totalCount).toBe(1);
  });

  it('does not count the session of an account that is no longer connected', async () => {
    const client = openClient(service);
    await client.signIn(Wallet.createRandom());
    const wallet = aWallet();
    await openPage(client, wallet);
    await screen.findByText(`unauthenticated ${wallet.account.address}`);
  });

  it('logs out when the wallet disconnects, and signs out without a session', async () => {
    const wallet = aWallet();
    const client = openClient(service);
    const config = await openPage(client, wallet);
    await signIn(wallet);
    await kit.disconnect(config);
    expect(await client.heard('end')).toMatchObject({ reason: 'LOGOUT' });
    await expect(adapterOf(client).signOut()).resolves.toBeUndefined();
  });

  it('is unauthenticated when the session is logged out on another device', async () => {
    const wallet = aWallet();
    const client = openClient(service);
    await openPage(client, wallet);
    await signIn(wallet);
    const elsewhere = openClient(service);
    await elsewhere.signIn(wallet.account);
    await elsewhere.logout(client.state.session?.id);
    await screen.findByText(`unauthenticated ${wallet.account.address}`);
  });

  const adapters = new WeakMap<TestClient, RainbowKitAdapter>();
  /** One for each client, as in an application. */
  function adapterOf(client: TestClient): RainbowKitAdapter {
    const adapter = adapters.get(client) ?? createRainbowKitAdapter(client);
    adapters.set(client, adapter);
    return adapter;
  }
});
