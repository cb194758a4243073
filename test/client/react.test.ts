// The service is imported first: with a DOM in place, lmdb would assume a browser.
import { startTestService, type TestService } from '../harness/service.js';
import '../harness/page.js';
import { act, render } from '@testing-library/react';
import { Wallet } from 'ethers';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { useSession, WalletSessionsProvider } from '../../client/src/react.js';
import type { WalletSessionsClient } from '../../client/src/index.js';
import { closeClients, openClient } from '../harness/client.js';

function Greeting() {
  const { status, session, end } = useSession();
  if (session) {
    const text = `Hello ${session.wallet}, who signed at ${session.authenticatedAt}`;
    return createElement('p', undefined, text);
  }
  return createElement('p', undefined, end ? `Signed out: ${end.reason}` : status);
}

const page = (client: WalletSessionsClient) =>
  createElement(WalletSessionsProvider, { client }, createElement(Greeting));

describe('the React hook', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it('renders the session, and the reason when it ends elsewhere', async () => {
    const wallet = Wallet.createRandom();
    const [client, elsewhere] = [openClient(service), openClient(service)];
    const { findByText } = render(page(client));
    await findByText('signed-out');

    await act(() => client.signIn(wallet));
    await findByText(new RegExp(`^Hello eip155:0:${wallet.address}`));

    await elsewhere.signIn(wallet);
    const farewell = findByText('Signed out: LOGOUT_ALL');
    await elsewhere.logoutAll();
    await farewell;
  });

  it('renders the session again after reauthentication', async () => {
    const wallet = Wallet.createRandom();
    const client = openClient(service);
    const { findByText } = render(page(client));
    await act(() => client.signIn(wallet));
    const { authenticatedAt } = await act(() => client.reauthenticate(wallet));
    await findByText(`Hello eip155:0:${wallet.address}, who signed at ${authenticatedAt}`);
  });

  it('renders an unknown session as loading on a server', () => {
    expect(renderToString(page(openClient(service)))).toBe('<p>loading</p>');
  });

  it('throws an error that names the missing WalletSessionsProvider', () => {
    expect(() => renderToString(createElement(Greeting))).toThrow('<WalletSessionsProvider>');
  });
});
