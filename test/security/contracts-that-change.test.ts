import { Hardfork } from '@ethereumjs/common';
import { getAddress } from 'ethers';
import type { Address } from '../../src/accounts/eip155.js';
import {
  AuditEventsDocument,
  ContractSessionRevokedDocument,
  CreateSignInChallengeDocument,
  CurrentSessionDocument,
  LogoutAllDocument,
  LogoutDocument,
  ReauthenticateDocument,
  SessionsDocument,
  SignInDocument,
} from '../generated/graphql.js';
import { contracts } from '../generated/contracts.js';
import { apiClient, refusalOf, signIn, type TokenGrant } from '../harness/api.js';
import { startChain, type TestChain } from '../harness/chain.js';
import {
  aCounterfactualWallet,
  aDeployedWallet,
  withPreparation,
} from '../harness/contract-wallet.js';
import { startTestService, type TestService } from '../harness/service.js';
import { openSocket } from '../harness/socket.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

/** Runtime code that answers 0x1626ba7e, "valid", to everything. */
const SAYS_YES = '631626ba7e60e01b60005260206000f3';
/** The same, but a call without data destroys it. */
const DESTROYS_ITSELF = `3660065733ff5b${SAYS_YES}`;
/** Runtime code that reverts with 60,000 bytes, or returns them. */
const REVERT_BOMB = '61ea606000fd';
const RETURN_BOMB = '61ea606000f3';
/** Runtime code that loops until the gas is used up, or calls itself until that fails. */
const LOOPS = '5b600056';
const CALLS_ITSELF = '6000600060006000305afa00';

/** The creation code of a contract with this runtime code. */
function creationOf(runtime: string): string {
  const length = (runtime.length / 2).toString(16).padStart(2, '0');
  return `0x60${length}80600b6000396000f3${runtime}`;
}

interface Signed {
  readonly message: string;
  readonly signature: string;
}

async function answerOf({ url }: TestService, { account, sign }: TestWallet): Promise<Signed> {
  const { createSignInChallenge } = await apiClient(url).request(CreateSignInChallengeDocument, {
    account,
  });
  const message = createSignInChallenge.message ?? '';
  return { message, signature: await sign(message) };
}

/** The contract at an address, whose code accepts any signature. */
function anybodyAt(address: Address): TestWallet {
  return { address, account: `eip155:1:${address}`, sign: () => Promise.resolve('0x01') };
}

async function isAlive({ url }: TestService, { accessToken }: TokenGrant): Promise<boolean> {
  return (await apiClient(url, accessToken).request(CurrentSessionDocument)).session !== null;
}

describe('a contract wallet that changes', () => {
  let chain: TestChain;
  let service: TestService;

  beforeAll(async () => {
    chain = await startChain();
    service = await startTestService('Redis', { RPC_URLS: `eip155:1=${chain.url}` });
  });
  afterAll(async () => {
    await service.stop();
    await chain.close();
  });

  const deployed = async (runtime: string): Promise<Address> =>
    getAddress(await chain.deploy(creationOf(runtime))) as Address;
  const refusal = async (wallet: TestWallet): Promise<string> =>
    refusalOf(apiClient(service.url), SignInDocument, await answerOf(service, wallet));

  it('refuses sign-in and reauthentication of a contract wallet that has destroyed itself', async () => {
    const wallet = anybodyAt(await deployed(DESTROYS_ITSELF));
    const grant = await signIn(service.url, wallet);
    await chain.send(aWallet().address, wallet.address, '0x');
    expect(await refusal(wallet)).toBe('SIGNATURE_INVALID');
    const api = apiClient(service.url, grant.accessToken);
    const again = await answerOf(service, wallet);
    expect(await refusalOf(api, ReauthenticateDocument, again)).toBe('SIGNATURE_INVALID');
    // No chain is watched: the session goes on until somebody ends it.
    expect(await isAlive(service, grant)).toBe(true);
    await api.request(LogoutAllDocument, {});
    expect(await isAlive(service, grant)).toBe(false);
  });

  it('asks the contract about an empty signature, with which a Safe accepts messages approved on chain', async () => {
    const empty = (address: Address): TestWallet => ({
      ...anybodyAt(address),
      sign: () => Promise.resolve('0x'),
    });
    await signIn(service.url, empty(await deployed(SAYS_YES)));
    expect(await refusal(empty((await aDeployedWallet(chain)).address))).toBe('SIGNATURE_INVALID');
    expect(await refusal(empty(aWallet().address))).toBe('SIGNATURE_INVALID');
  });

  it('refuses a contract that reverts with 60,000 bytes or returns them', async () => {
    for (const bomb of [REVERT_BOMB, RETURN_BOMB]) {
      const wallet = anybodyAt(await deployed(bomb));
      expect(['SIGNATURE_INVALID', 'WALLET_VERIFICATION_UNAVAILABLE']).toContain(
        await refusal(wallet),
      );
    }
    await signIn(service.url, await aDeployedWallet(chain));
  });

  it('refuses a contract that uses up the gas or calls itself', async () => {
    for (const runtime of [LOOPS, CALLS_ITSELF]) {
      expect(await refusal(anybodyAt(await deployed(runtime)))).toBe('SIGNATURE_INVALID');
    }
    await signIn(service.url, await aDeployedWallet(chain));
  });

  it('verifies a wallet that is not deployed yet without deploying it (EIP-6492)', async () => {
    const wallet = await aCounterfactualWallet(chain);
    await signIn(service.url, wallet);
    // The signature without its call shows that there is still no contract.
    expect(await refusal({ ...wallet, sign: (text) => wallet.owner.sign(text) })).toBe(
      'SIGNATURE_INVALID',
    );
  });

  it('refuses to let a preparatory call take over another contract wallet (EIP-6492)', async () => {
    const doomed = await deployed(DESTROYS_ITSELF);
    const yes = await deployed(SAYS_YES);
    const owned = await aDeployedWallet(chain);
    for (const prepared of [doomed, yes, owned.address]) {
      const thief = aWallet();
      const sign = async (text: string) => withPreparation(prepared, '0x', await thief.sign(text));
      expect(await refusal({ ...owned, sign })).toBe('SIGNATURE_INVALID');
    }
    await signIn(service.url, owned);
    // The call of the verification destroyed nothing on the chain.
    await signIn(service.url, anybodyAt(doomed));
  });

  it('refuses a preparatory call that does not deploy a contract at the address in the message (EIP-6492)', async () => {
    const yes = await deployed(SAYS_YES);
    const victim = aWallet();
    const sign = async () => Promise.resolve(withPreparation(yes, '0x', '0x01'));
    expect(await refusal({ ...victim, sign })).toBe('SIGNATURE_INVALID');
    const factory = await chain.deploy(contracts.WalletFactory);
    const elsewhere = () => Promise.resolve(withPreparation(factory, '0x', '0x01'));
    expect(await refusal({ ...victim, sign: elsewhere })).toBe('SIGNATURE_INVALID');
  });
});

describe('an account that delegates to code (EIP-7702)', () => {
  let chain: TestChain;
  let service: TestService;
  let owner: TestWallet;
  /** A session that the code confirmed for somebody without the key of the account. */
  let delegates: TokenGrant;

  beforeAll(async () => {
    chain = await startChain(1, Hardfork.Prague);
    service = await startTestService('Redis', { RPC_URLS: `eip155:1=${chain.url}` });
  });
  beforeEach(async () => {
    owner = aWallet();
    const code = await chain.deploy(creationOf(SAYS_YES));
    await chain.setCode(owner.address, `0xef0100${code.slice(2)}`);
    delegates = await signIn(service.url, anybodyAt(owner.address));
    expect(delegates.session.wallet).toBe(`eip155:1:${owner.address}`);
  });
  afterAll(async () => {
    await service.stop();
    await chain.close();
  });

  const removeDelegation = () => chain.setCode(owner.address, '0x');
  const as = ({ accessToken }: TokenGrant) => apiClient(service.url, accessToken);

  it('refuses sign-in and reauthentication by the code of an account that has removed its delegation', async () => {
    await removeDelegation();
    const answer = await answerOf(service, anybodyAt(owner.address));
    expect(await refusalOf(apiClient(service.url), SignInDocument, answer)).toBe(
      'SIGNATURE_INVALID',
    );
    const again = await answerOf(service, anybodyAt(owner.address));
    expect(await refusalOf(as(delegates), ReauthenticateDocument, again)).toBe('SIGNATURE_INVALID');
  });

  it('ends the sessions that delegated code confirmed when the key of the account signs in with logoutOthers', async () => {
    await removeDelegation();
    const owners = await signIn(service.url, owner, { logoutOthers: true });
    expect(await isAlive(service, delegates)).toBe(false);
    expect(await isAlive(service, owners)).toBe(true);
  });

  it('ends the sessions that delegated code confirmed with logoutAll of the account, and returns their ids', async () => {
    await removeDelegation();
    const owners = await signIn(service.url, owner);
    expect(await isAlive(service, delegates)).toBe(true);
    const { logoutAll } = await as(owners).request(LogoutAllDocument, { keepCurrent: true });
    expect(logoutAll.sessionIds).toEqual([delegates.session.id]);
    expect(await isAlive(service, delegates)).toBe(false);
    expect(await isAlive(service, owners)).toBe(true);
  });

  it('lets an account list, watch and end a single session that its delegated code confirmed', async () => {
    await removeDelegation();
    const owners = await signIn(service.url, owner);
    const { sessions } = await as(owners).request(SessionsDocument, {});
    expect(sessions).toMatchObject({
      edges: [
        { node: { id: owners.session.id, wallet: owner.account } },
        { node: { id: delegates.session.id, wallet: `eip155:1:${owner.address}` } },
      ],
      totalCount: 2,
    });
    const socket = openSocket(service.webSocketUrl, owners.accessToken);
    const variables = { after: '0-0', wallet: `eip155:1:${owner.address}` };
    const ends = socket.subscribe(ContractSessionRevokedDocument, variables);
    const sessionId = delegates.session.id;
    await as(owners).request(LogoutDocument, { sessionId });
    expect((await ends.next()).value).toMatchObject({
      sessionRevoked: { sessionId, reason: 'LOGOUT' },
    });
    await ends.return?.();
    await socket.close();
    expect(await isAlive(service, delegates)).toBe(false);
    expect(await isAlive(service, owners)).toBe(true);
  });

  it('lists the sign-ins and refused sign-ins of delegated code once each among the audit events of the account', async () => {
    await removeDelegation();
    const answer = await answerOf(service, anybodyAt(owner.address));
    expect(await refusalOf(apiClient(service.url), SignInDocument, answer)).toBe(
      'SIGNATURE_INVALID',
    );
    const owners = await signIn(service.url, owner);
    await service.services.auditLog.flush();
    const { auditEvents } = await as(owners).request(AuditEventsDocument, { first: 10 });
    expect(auditEvents.edges.map(({ node }) => [node.type, node.wallet, node.sessionId])).toEqual([
      ['SESSION_CREATED', owner.account, owners.session.id],
      ['SIGN_IN_REFUSED', owner.account, null],
      ['SESSION_CREATED', `eip155:1:${owner.address}`, delegates.session.id],
    ]);
  });

  it('refuses to let an account or its contract watch a contract on a chain where none can sign in', async () => {
    const owners = await signIn(service.url, owner);
    const stranger = `eip155:1:${aWallet().address}`;
    for (const [grant, wallet] of [
      [owners, `eip155:5:${owner.address}`],
      [owners, stranger],
      [delegates, `eip155:5:${owner.address}`],
      [delegates, owner.account],
    ] as const) {
      const socket = openSocket(service.webSocketUrl, grant.accessToken);
      const ends = socket.subscribe(ContractSessionRevokedDocument, { wallet });
      await expect(ends.next()).rejects.toMatchObject({
        errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
      });
      await socket.close();
    }
  });

  it('lets the delegated code end no session that the key of the account confirmed', async () => {
    const owners = await signIn(service.url, owner);
    await signIn(service.url, anybodyAt(owner.address), { logoutOthers: true });
    const again = await signIn(service.url, anybodyAt(owner.address));
    const sessionId = owners.session.id;
    expect(await refusalOf(as(again), LogoutDocument, { sessionId })).toBe('SESSION_NOT_FOUND');
    await as(again).request(LogoutAllDocument, {});
    expect(await isAlive(service, owners)).toBe(true);
  });

  it('lets an account end no session of code at another address', async () => {
    const stranger = await signIn(service.url, aWallet(), { logoutOthers: true });
    await as(stranger).request(LogoutAllDocument, {});
    expect(await isAlive(service, delegates)).toBe(true);
  });
});
