import { GraphQLClient } from 'graphql-request';
import type { SignInAttempt } from '../../src/sign-in/hooks.js';
import { parseEthereumMessage } from '../../src/sign-in/ethereum/message.js';
import { embedWalletSessions } from '../harness/application.js';
import { restClient } from '../harness/rest.js';
import { startTestService } from '../harness/service.js';
import { aMessage, ORIGIN } from '../harness/sign-in-message.js';
import { aWallet } from '../harness/wallet.js';

const SENTENCES =
  'I further authorize the stated URI to perform the following actions on my behalf: ' +
  "(1) 'crud': 'delete', 'read' for 'https://example.com/pictures'. " +
  "(2) 'msg': 'send' for 'https://example.com/pictures'. " +
  "(3) 'request': 'eth_sign' for 'eip155'.";

const CAPABILITIES = {
  'https://example.com/pictures': {
    'crud/delete': [{}],
    'crud/read': [{ max: 3 }],
    'msg/send': [{ to: 'someone' }],
  },
  eip155: { 'request/eth_sign': [{}] },
};

const recapOf = (value: unknown) =>
  `urn:recap:${Buffer.from(JSON.stringify(value)).toString('base64url')}`;
const RECAP = recapOf({ att: CAPABILITIES, prf: [] });

describe('a message with a ReCap (ERC-5573)', () => {
  const wallet = aWallet();
  const messageWith = (statement: string | undefined, resources: string[]) =>
    aMessage(wallet, 'abcdefgh12345678', Date.now(), { statement, resources });

  it.each([
    ['alone', SENTENCES],
    ['after a statement of the application', `Sign in to the example. ${SENTENCES}`],
  ])('reads the capabilities of a ReCap that the statement describes: %s', (_where, statement) => {
    const message = parseEthereumMessage(messageWith(statement, ['https://a.example', RECAP]));
    expect(message.capabilities).toEqual(CAPABILITIES);
  });

  it('reads no capabilities from a message without a ReCap', () => {
    const message = parseEthereumMessage(messageWith(SENTENCES, ['https://a.example']));
    expect(message.capabilities).toBeUndefined();
  });

  const more = { ...CAPABILITIES, eip155: { 'request/eth_sendTransaction': [{}] } };
  it.each<[string, string | undefined, string[], RegExp]>([
    ['no statement', undefined, [RECAP], /does not describe/],
    ['another statement', 'Sign in to the example.', [RECAP], /does not describe/],
    ['a statement that goes on', `${SENTENCES} Not really.`, [RECAP], /does not describe/],
    ['more capabilities than described', SENTENCES, [recapOf({ att: more })], /does not describe/],
    ['a ReCap that is not last', SENTENCES, [RECAP, 'https://a.example'], /not the last/],
    ['two ReCaps', SENTENCES, [RECAP, RECAP], /more than one/],
    ['no JSON in it', SENTENCES, ['urn:recap:abcd'], /cannot be read/],
    ['nothing in it', SENTENCES, ['urn:recap:'], /cannot be read/],
    ['no capabilities', SENTENCES, [recapOf({ att: {} })], /cannot be read/],
    [
      'an ability without a namespace',
      SENTENCES,
      [recapOf({ att: { a: { b: [{}] } } })],
      /cannot be read/,
    ],
    ['a list in place of capabilities', SENTENCES, [recapOf({ att: [] })], /cannot be read/],
    [
      'a key twice',
      SENTENCES,
      [`urn:recap:${Buffer.from('{"att":{},"att":{"a":{"b/c":[{}]}}}').toString('base64url')}`],
      /cannot be read/,
    ],
  ])('refuses a message whose ReCap is wrong: %s', (_what, statement, resources, reason) => {
    expect(() => parseEthereumMessage(messageWith(statement, resources))).toThrow(reason);
  });

  it('passes the capabilities of a signed ReCap to the hooks and keeps them with the session', async () => {
    const attempts: SignInAttempt[] = [];
    const walletSessions = await embedWalletSessions('embedded', {
      hooks: { onSignIn: (attempt) => void attempts.push(attempt) },
    });
    const { signIn, sessions } = walletSessions;
    const { nonce } = await signIn.createChallenge({}, {});
    const message = aMessage(wallet, nonce, Date.now(), {
      statement: SENTENCES,
      resources: [RECAP],
    });
    const { session, accessToken, refreshToken } = await signIn.complete(
      { message, signature: await wallet.sign(message) },
      {},
    );
    expect(attempts).toMatchObject([{ wallet: wallet.account, capabilities: CAPABILITIES }]);
    expect(session.capabilities).toEqual(CAPABILITIES);
    expect((await sessions.validate(accessToken, {}))?.capabilities).toEqual(CAPABILITIES);
    const refreshed = await sessions.refresh(refreshToken, {});
    expect(refreshed.session.capabilities).toEqual(CAPABILITIES);
    await walletSessions.close();
  });

  it('tells clients the capabilities of a session over GraphQL and REST', async () => {
    const service = await startTestService('embedded', { SIGN_IN_ORIGINS: ORIGIN });
    const send = restClient(fetch, service.url.replace('/graphql', '/api'));
    const { nonce } = (await send('/challenge', {})).body;
    const message = aMessage(wallet, String(nonce), Date.now(), {
      statement: SENTENCES,
      resources: [RECAP],
    });
    const granted = await send('/sign-in', { message, signature: await wallet.sign(message) });
    const headers = { authorization: `Bearer ${String(granted.body['accessToken'])}` };

    const byRest = await send('/session', undefined, { headers });
    expect(byRest.body).toMatchObject({ capabilities: CAPABILITIES, keyBound: false });
    const client = new GraphQLClient(service.url, { headers });
    expect(
      await client.request(
        '{ session { capabilities { resource abilities { name restrictions } } } }',
      ),
    ).toEqual({
      session: {
        capabilities: [
          {
            resource: 'https://example.com/pictures',
            abilities: [
              { name: 'crud/delete', restrictions: [{}] },
              { name: 'crud/read', restrictions: [{ max: 3 }] },
              { name: 'msg/send', restrictions: [{ to: 'someone' }] },
            ],
          },
          {
            resource: 'eip155',
            abilities: [{ name: 'request/eth_sign', restrictions: [{}] }],
          },
        ],
      },
    });
    await service.stop();
  });
});
