import { startTestService, type TestService } from '../../harness/service.js';
import '../../harness/page.js';
import { cleanup, render, within } from '@testing-library/react';
import { Wallet } from 'ethers';
import { createElement, type FunctionComponent, type ReactNode } from 'react';
import {
  createConnectKitConfig,
  type ConnectKitConfig,
} from '../../../client/src/kits/connectkit.js';
import { closeClients, openClient, type TestClient } from '../../harness/client.js';
import { bundleKit, QUERIES, renderWithoutAct } from '../../harness/kit-code.js';
import { aWebStorage } from '../../harness/token-storage.js';
import { aWagmiWallet, type Account, type WagmiWallet } from '../../harness/wagmi-wallet.js';

/** Not `screen` of the library, which is loaded once for several files and keeps the page of the first one. */
const screen = within(document.body);

/** What is used of wagmi and ConnectKit: their own code, by the names that they give. */
interface Kit {
  readonly WagmiProvider: FunctionComponent<{
    config: unknown;
    reconnectOnMount: boolean;
    children?: ReactNode;
  }>;
  readonly QueryClientProvider: FunctionComponent<{ client: unknown; children?: ReactNode }>;
  readonly QueryClient: new (options: unknown) => unknown;
  readonly SIWEProvider: FunctionComponent<ConnectKitConfig & { children?: ReactNode }>;
  readonly useSIWE: () => {
    isLoading: boolean;
    data?: { address: string };
    signIn(): Promise<unknown>;
  };
  readonly useAccount: () => { address?: string; chainId?: number };
  createConfig(options: unknown): { readonly connectors: readonly unknown[] };
  readonly createConnector: Parameters<typeof aWagmiWallet>[0];
  http(url: string): unknown;
  connect(config: unknown, request: unknown): Promise<unknown>;
  disconnect(config: unknown): Promise<void>;
  readonly mainnet: unknown;
  readonly optimism: unknown;
}

const EXPORTS = `
  export { SIWEProvider, useSIWE } from 'connectkit';
  export { WagmiProvider, createConfig, createConnector, http, useAccount } from 'wagmi';
  export { connect, disconnect } from 'wagmi/actions';
  export { mainnet, optimism } from 'wagmi/chains';
  export { QueryClient, QueryClientProvider } from '@tanstack/react-query';`;

describe('ConnectKit with the adapter', () => {
  let service: TestService;
  let kit: Kit;
  beforeAll(async () => {
    renderWithoutAct();
    service = await startTestService('embedded', { SIGN_IN_CHAIN_IDS: 'eip155:1,eip155:10' });
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the kit runs in the page of this test
    kit = require(await bundleKit('connectkit', EXPORTS)) as Kit;
  });
  afterEach(() => {
    cleanup();
    closeClients();
  });
  afterAll(() => service.stop());

  const aWallet = (account?: Account) => aWagmiWallet(kit.createConnector, account);

  function SignIn() {
    const { isLoading, data, signIn } = kit.useSIWE();
    const { address, chainId } = kit.useAccount();
    if (isLoading || address === undefined) return null;
    const onClick = () => void signIn();
    const text = data === undefined ? 'Sign in' : `${data.address} on ${String(chainId)}`;
    return createElement('button', { onClick }, text);
  }

  /** An application with ConnectKit, whose wallet is connected. */
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
    const siwe = createElement(
      kit.SIWEProvider,
      // It asks the client so often whether there is a session.
      { ...createConnectKitConfig(client), sessionRefetchInterval: 50 },
      createElement(SignIn),
    );
    const queries = { client: new kit.QueryClient(QUERIES) };
    const provider = createElement(kit.QueryClientProvider, queries, siwe);
    render(createElement(kit.WagmiProvider, { config, reconnectOnMount: false }, provider));
    await kit.connect(config, { connector: config.connectors[0] });
    return config;
  }

  async function signIn({ account }: WagmiWallet) {
    (await screen.findByText('Sign in')).click();
    await screen.findByText(`${account.address} on 1`);
  }

  it('signs in, and asks for no signature after a reload or a change of network', async () => {
    const wallet = aWallet();
    const storage = aWebStorage();
    const client = openClient(service, { storage });
    await openPage(client, wallet);
    await signIn(wallet);
    expect(client.state.session).toMatchObject({ chainId: 'eip155:1' });

    cleanup();
    client.close();
    const again = aWallet(wallet.account);
    const reloaded = openClient(service, { storage });
    await openPage(reloaded, again);
    await screen.findByText(`${wallet.account.address} on 1`);
    again.switchChain(10);
    await screen.findByText(`${wallet.account.address} on 10`);
    expect(again.signatures).toBe(0);
    expect(reloaded.told('end')).toEqual([]);
  });

  it('logs out when the wallet changes its account, and signs the other account in', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const wallet = aWallet();
    const client = openClient(service);
    await openPage(client, wallet);
    await signIn(wallet);
    const bystander = openClient(service);
    await bystander.signIn(wallet.account);
    wallet.switchAccount(Wallet.createRandom());
    expect(await client.heard('end')).toMatchObject({ reason: 'LOGOUT' });
    expect(warn).toHaveBeenCalledWith('Wallet account changed, signing out of SIWE session');
    await signIn(wallet);
    expect(client.state.session).toMatchObject({ wallet: `eip155:0:${wallet.account.address}` });
    expect((await bystander.sessions()).totalCount).toBe(1);
    warn.mockRestore();
  });

  it('logs out when the wallet disconnects, and signs out without a session', async () => {
    const wallet = aWallet();
    const client = openClient(service);
    const config = await openPage(client, wallet);
    await signIn(wallet);
    await kit.disconnect(config);
    expect(await client.heard('end')).toMatchObject({ reason: 'LOGOUT' });
    expect(await createConnectKitConfig(client).signOut()).toBe(true);
  });

  it('is signed out when the session is logged out on another device', async () => {
    const wallet = aWallet();
    const client = openClient(service);
    await openPage(client, wallet);
    await signIn(wallet);
    const elsewhere = openClient(service);
    await elsewhere.signIn(wallet.account);
    await elsewhere.logout(client.state.session?.id);
    await screen.findByText('Sign in');
  });
});
