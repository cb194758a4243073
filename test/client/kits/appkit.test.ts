import { startTestService, type TestService } from '../../harness/service.js';
import '../../harness/page.js';
import { Wallet } from 'ethers';
import { createSIWX, type SIWXConfig } from '../../../client/src/kits/appkit.js';
import { closeClients, openClient, type TestClient } from '../../harness/client.js';
import { bundleKit } from '../../harness/kit-code.js';
import { aWebStorage } from '../../harness/token-storage.js';

/** What is used of AppKit: its own code, by the names that it gives. */
interface AppKit {
  readonly SIWXUtil: {
    initializeIfEnabled(caipAddress: string): Promise<void>;
    requestSignMessage(): Promise<void>;
    isAuthenticated(): Promise<boolean>;
    clearSessions(): Promise<void>;
    universalProviderAuthenticate(request: unknown): Promise<boolean>;
    authConnectorAuthenticate(request: unknown): Promise<unknown>;
  };
  readonly OptionsController: { setSIWX(siwx: SIWXConfig): void };
  readonly ChainController: {
    initialize(adapters: unknown[], networks: unknown[], clients: unknown): void;
    setActiveCaipNetwork(network: unknown): void;
    setAccountProp(name: string, value: unknown, namespace: string): void;
    getActiveCaipAddress(): string | undefined;
  };
  readonly ConnectionController: { setClient(client: unknown): void };
  readonly ModalController: { open(request: { view: string }): Promise<void>; close(): void };
  readonly SnackController: { showError(message: string): void };
}

const EXPORTS = `export {
  SIWXUtil, OptionsController, ChainController, ConnectionController, ModalController, SnackController
} from '@reown/appkit-controllers';`;

const networkOf = (id: number) => ({
  id,
  caipNetworkId: `eip155:${id}`,
  chainNamespace: 'eip155',
  name: `Chain ${id}`,
});
const NETWORKS = [networkOf(1), networkOf(10)];

describe('AppKit with the adapter', () => {
  let service: TestService;
  let kit: AppKit;
  /** The account that the stub connection signs with. */
  let wallet: ReturnType<typeof Wallet.createRandom>;
  /** The views of the modal that AppKit has opened. */
  let opened: string[];
  let signatures: number;

  beforeAll(async () => {
    service = await startTestService('embedded', { SIGN_IN_CHAIN_IDS: 'eip155:1,eip155:10' });
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the kit runs in the page of this test
    kit = require(await bundleKit('appkit', EXPORTS)) as AppKit;
    const connectionControllerClient = {
      signMessage(message: string) {
        signatures += 1;
        return wallet.signMessage(message);
      },
      disconnect: () => Promise.resolve(),
    };
    kit.ConnectionController.setClient(connectionControllerClient);
    kit.ChainController.initialize([{ namespace: 'eip155' }], NETWORKS, {
      connectionControllerClient,
      networkControllerClient: {},
    });
    // The modal is markup. What AppKit shows in it is enough here.
    kit.ModalController.open = ({ view }) => Promise.resolve(void opened.push(view));
    kit.ModalController.close = () => undefined;
  });
  beforeEach(() => {
    opened = [];
    signatures = 0;
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  /** What AppKit's modal does when the wallet reports an account or network. */
  async function report(account: ReturnType<typeof Wallet.createRandom>, chainId: number) {
    wallet = account;
    const caipAddress = `eip155:${chainId}:${account.address}`;
    kit.ChainController.setAccountProp('address', account.address, 'eip155');
    kit.ChainController.setAccountProp('caipAddress', caipAddress, 'eip155');
    kit.ChainController.setActiveCaipNetwork(networkOf(chainId));
    await kit.SIWXUtil.initializeIfEnabled(caipAddress);
  }

  function openAppKit(options: Parameters<typeof createSIWX>[1] = {}, storage = aWebStorage()) {
    const client = openClient(service, { storage });
    const siwx = createSIWX(client, options);
    kit.OptionsController.setSIWX(siwx);
    return { client, siwx, storage };
  }

  async function signedIn(options?: Parameters<typeof createSIWX>[1]) {
    const appKit = openAppKit(options);
    await report(Wallet.createRandom(), 1);
    await kit.SIWXUtil.requestSignMessage();
    return appKit;
  }

  const isActive = async (client: TestClient) => (await client.session()) !== null;

  it('asks an account without a session to sign, and signs in with its signature', async () => {
    const { client } = openAppKit();
    await report(Wallet.createRandom(), 10);
    expect(opened).toEqual(['SIWXSignMessage']);
    await kit.SIWXUtil.requestSignMessage();
    expect(await kit.SIWXUtil.isAuthenticated()).toBe(true);
    expect(client.state.session).toMatchObject({
      wallet: `eip155:0:${wallet.address}`,
      chainId: 'eip155:10',
    });
  });

  it('asks for no signature after a reload', async () => {
    const { storage, client } = await signedIn();
    opened = [];
    client.close();
    openAppKit({}, storage);
    await report(wallet, 1);
    expect([opened, signatures]).toEqual([[], 1]);
  });

  it('asks for no signature after a change of network', async () => {
    await signedIn();
    opened = [];
    await report(wallet, 10);
    expect([opened, await kit.SIWXUtil.isAuthenticated()]).toEqual([[], true]);
  });

  it('asks another account to sign, whose session replaces that of the first', async () => {
    const { client } = await signedIn();
    const first = client.state.session;
    opened = [];
    await report(Wallet.createRandom(), 1);
    expect(opened).toEqual(['SIWXSignMessage']);
    await kit.SIWXUtil.requestSignMessage();
    expect(client.state.session).toMatchObject({ wallet: `eip155:0:${wallet.address}` });
    expect(client.state.session?.id).not.toBe(first?.id);
  });

  it('logs the session out when the wallet disconnects, and only that session', async () => {
    const { client } = await signedIn();
    const other = openClient(service);
    await other.signIn(wallet);
    await kit.SIWXUtil.clearSessions();
    await kit.SIWXUtil.clearSessions();
    expect(client.state.status).toBe('signed-out');
    expect(await isActive(other)).toBe(true);
    expect((await other.sessions()).totalCount).toBe(1);
  });

  it('disconnects the wallet when the session is logged out on another device', async () => {
    let disconnect = () => Promise.resolve();
    const told = new Promise<void>((resolve) => {
      disconnect = () => Promise.resolve(undefined).then(resolve);
    });
    const { client } = await signedIn({ disconnect: () => disconnect() });
    const elsewhere = openClient(service);
    await elsewhere.signIn(wallet);
    await elsewhere.logout(client.state.session?.id);
    await told;
    expect(await kit.SIWXUtil.isAuthenticated()).toBe(false);
  });

  it('logs out at the service, without a disconnection, when AppKit revokes the session', async () => {
    const disconnect = jest.fn(() => Promise.resolve());
    const { client, siwx } = await signedIn({ disconnect });
    const id = client.state.session?.id;
    const other = openClient(service);
    await other.signIn(wallet);
    await siwx.revokeSession('eip155:1', Wallet.createRandom().address);
    expect(client.state.status).toBe('signed-in');
    await siwx.revokeSession('eip155:10', wallet.address);
    expect((await other.sessions()).sessions.map((session) => session.id)).not.toContain(id);
    expect(disconnect).not.toHaveBeenCalled();
  });

  it('refuses a signature of another account', async () => {
    const { client, siwx } = openAppKit();
    await report(Wallet.createRandom(), 1);
    const data = await siwx.createMessage({ chainId: 'eip155:1', accountAddress: wallet.address });
    const message = data.toString();
    const signature = await Wallet.createRandom().signMessage(message);
    await expect(siwx.addSession({ data, message, signature })).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
    expect(client.state.status).toBe('signed-out');
  });

  it('starts one session of the active chain with one click, which signs one nonce for each chain', async () => {
    const { client } = openAppKit();
    await report(Wallet.createRandom(), 10);
    const did = await kit.SIWXUtil.universalProviderAuthenticate({
      universalProvider: oneClick(['eip155:1', 'eip155:10']),
      chains: ['eip155:1', 'eip155:10'],
      methods: [],
    });
    expect(did).toBe(true);
    expect(client.state.session).toMatchObject({
      wallet: `eip155:0:${wallet.address}`,
      chainId: 'eip155:10',
    });
    expect(await kit.SIWXUtil.isAuthenticated()).toBe(true);
  });

  it('starts a session of the first chain that was signed if the active one was not', async () => {
    const { client } = openAppKit();
    await report(Wallet.createRandom(), 10);
    await kit.SIWXUtil.universalProviderAuthenticate({
      universalProvider: oneClick(['eip155:1']),
      chains: ['eip155:1', 'eip155:10'],
      methods: [],
    });
    expect(client.state.session).toMatchObject({ chainId: 'eip155:1' });
  });

  it('signs in with an embedded wallet, which fills in its account', async () => {
    const { client } = openAppKit();
    wallet = Wallet.createRandom();
    kit.ChainController.setActiveCaipNetwork(networkOf(1));
    await kit.SIWXUtil.authConnectorAuthenticate({
      chainId: 1,
      chainNamespace: 'eip155',
      authConnector: {
        async connect({ siwxMessage }: { siwxMessage: { serializedMessage: string } }) {
          const { address } = wallet;
          const message = siwxMessage.serializedMessage.replace('<<AccountAddress>>', address);
          return { address, chainId: 1, message, signature: await wallet.signMessage(message) };
        },
      },
    });
    expect(client.state.session).toMatchObject({ wallet: `eip155:0:${wallet.address}` });
  });

  /** A wallet of WalletConnect that writes and signs the message itself (CAIP-122 in CAIP-74). */
  function oneClick(approved: readonly string[]) {
    type Payload = Record<'domain' | 'aud' | 'nonce' | 'iat' | 'exp' | 'statement' | 'iss', string>;
    const write = ({ domain, aud, nonce, iat, exp, statement, iss }: Payload) =>
      [
        `${domain} wants you to sign in with your Ethereum account:`,
        iss.split(':').at(-1),
        '',
        statement,
        '',
        `URI: ${aud}`,
        'Version: 1',
        `Chain ID: ${iss.split(':')[3] ?? ''}`,
        `Nonce: ${nonce}`,
        `Issued At: ${iat}`,
        `Expiration Time: ${exp}`,
      ].join('\n');
    return {
      client: { formatAuthMessage: ({ request }: { request: Payload }) => write(request) },
      async authenticate(asked: Payload & { uri: string }) {
        const auths = approved.map(async (chain) => {
          const iss = `did:pkh:${chain}:${wallet.address}`;
          const p = { ...asked, aud: asked.uri, iss, version: '1' };
          return { p, s: { s: await wallet.signMessage(write(p)) } };
        });
        const metadata = { name: 'Wallet', icons: [] };
        return { session: { peer: { metadata } }, auths: await Promise.all(auths) };
      },
    };
  }
});
