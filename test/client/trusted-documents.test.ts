import { Wallet } from 'ethers';
import { closeClients, listening, openClient } from '../harness/client.js';
import { startTestService, type TestService } from '../harness/service.js';

const OF_THE_CLIENT = 'client/persisted-documents.json';
const OF_AN_APPLICATION = 'test/generated/persisted-documents.json';

describe('the client at a service that refuses documents that are not trusted', () => {
  let service: TestService;
  const start = async (files: string) => {
    service = await startTestService('embedded', {
      TRUSTED_DOCUMENTS: files,
      TRUSTED_DOCUMENTS_ONLY: 'true',
    });
  };
  afterEach(async () => {
    closeClients();
    await service.stop();
  });

  it('performs every operation of the client with its file beside that of an application', async () => {
    await start(`${OF_AN_APPLICATION}, ${OF_THE_CLIENT}`);
    const wallet = Wallet.createRandom();
    const [laptop, phone] = [openClient(service), openClient(service)];
    await laptop.signIn(wallet);
    const { id } = await phone.signIn(wallet);
    await listening(service, 2);
    await laptop.refresh();
    await laptop.reauthenticate(wallet);
    expect(await phone.session()).toMatchObject({ id });
    expect((await laptop.sessions()).totalCount).toBe(2);
    await laptop.logout(id);
    expect(await laptop.heard('revocation')).toMatchObject({ sessionId: id });
    expect(await phone.heard('end')).toMatchObject({ sessionId: id, reason: 'LOGOUT' });
    expect((await laptop.logoutAll()).count).toBe(1);
    expect([...laptop.told('error'), ...phone.told('error')]).toEqual([]);
  });

  it('cannot sign in if only the documents of an application are trusted', async () => {
    await start(OF_AN_APPLICATION);
    const refused = openClient(service).signIn(Wallet.createRandom());
    await expect(refused).rejects.toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
  });
});
