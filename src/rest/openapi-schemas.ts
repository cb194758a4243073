import { ERROR_CODES } from '../errors.js';

export const text = (description: string) => ({ type: 'string', description });
export const nullable = (type: string, description: string) => ({
  type: [type, 'null'],
  description,
});
const time = (description: string) => ({ type: 'string', format: 'date-time', description });

/** An object of which every property is present, and no other. */
const whole = (properties: Readonly<Record<string, object>>, description: string) => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const CAPABILITIES = {
  type: 'object',
  description:
    'What the wallet allowed the application besides the sign-in, with a ReCap (ERC-5573) in the message that it signed: ' +
    'for each resource, the abilities (`namespace/name`) and their restrictions. Empty if the message had none.',
  additionalProperties: {
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'object' } },
  },
};

const SESSION = whole(
  {
    id: text('The id of the session. It is not secret.'),
    wallet: text('The CAIP-10 account id of the wallet: applications can keep their users by it.'),
    chainId: text('The CAIP-2 id of the chain of the sign-in.'),
    walletType: nullable('string', 'The name of the connector, as given by the client.'),
    device: nullable('string', 'The name of the device, as given by the client.'),
    userAgent: nullable('string', 'The `User-Agent` of the sign-in.'),
    ipAddress: nullable('string', 'The IP address from which the session was last used.'),
    keyBound: {
      type: 'boolean',
      description:
        'Whether the session is bound to a key of its client: its tokens work only with proofs of that key (DPoP, RFC 9449).',
    },
    deviceBound: {
      type: 'boolean',
      description:
        'Whether the session is bound to the device of its browser (Device Bound Session Credentials).',
    },
    capabilities: CAPABILITIES,
    current: { type: 'boolean', description: 'Whether this is the session of the request.' },
    createdAt: time('When the wallet signed in.'),
    lastSeenAt: time('When the session was last used, accurate to about a minute.'),
    authenticatedAt: time('When the wallet last signed.'),
    refreshFrom: time('When the refresh window opens.'),
    expiresAt: time('The idle timeout, unless the session is refreshed.'),
    absoluteExpiresAt: time('The absolute timeout.'),
  },
  'A sign-in of a wallet on a device.',
);

/** The schemas of the API, by name. */
export const SCHEMAS = {
  Challenge: whole(
    {
      nonce: text('The nonce of the message. It works for one sign-in.'),
      expiresAt: time('When the nonce expires.'),
      message: nullable('string', 'The complete message, ready to sign, if an account was given.'),
    },
    'A nonce to sign once.',
  ),
  Session: SESSION,
  ListedSession: whole(
    {
      ...SESSION.properties,
      place: nullable(
        'string',
        'Where the IP address is, such as `Berlin, Germany`. Null if the operator has not configured it or it is not known.',
      ),
    },
    'A session in a list, with its place.',
  ),
  Grant: whole(
    {
      session: ref('Session'),
      accessToken: nullable(
        'string',
        'For `Authorization: Bearer`. Null if the tokens are in cookies.',
      ),
      accessTokenExpiresAt: time(
        'When the access token expires, unless a refresh replaces it earlier.',
      ),
      refreshToken: nullable(
        'string',
        'For one call of `/refresh`. Null if the tokens are in cookies.',
      ),
      refreshTokenExpiresAt: time('When the refresh token expires.'),
      refreshFrom: time('When the refresh window opens.'),
      issuedAt: time('When the tokens were granted, by the clock of the service.'),
    },
    'A session and its pair of tokens.',
  ),
  SessionPage: whole(
    {
      sessions: { type: 'array', items: ref('ListedSession'), description: 'Newest first.' },
      totalCount: { type: 'integer', description: 'The number of sessions on all pages.' },
      hasNextPage: {
        type: 'boolean',
        description: 'Whether there are more sessions after `endCursor`.',
      },
      endCursor: nullable('string', 'Pass it as `after` to get the next page.'),
    },
    'A page of sessions.',
  ),
  Logout: whole({ sessionId: text('The id of the session.') }, 'The session that was logged out.'),
  LogoutAll: whole(
    {
      count: { type: 'integer', description: 'The number of sessions that were logged out.' },
      sessionIds: { type: 'array', items: { type: 'string' }, description: 'Their ids.' },
    },
    'The sessions that were logged out.',
  ),
  IdentityToken: whole(
    {
      token: text('A JWT, which stays valid until it expires, even if the session ends.'),
      expiresAt: time('When the token expires: after at most 60 seconds.'),
    },
    'A signed token that proves the session and its wallet to a server of its audience.',
  ),
  JsonWebKeySet: {
    type: 'object',
    description: 'Public keys (RFC 7517).',
    properties: {
      keys: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            kty: { enum: ['OKP', 'EC'], description: 'The type of the key.' },
            alg: { enum: ['EdDSA', 'ES256'], description: 'The algorithm of the signatures.' },
            use: { const: 'sig' },
            kid: text('The id of the key, which tokens name.'),
          },
          required: ['kty', 'alg', 'use', 'kid'],
        },
        description: 'The key that signs is the first.',
      },
    },
    required: ['keys'],
    additionalProperties: false,
  },
  Problem: {
    ...whole(
      {
        type: { const: 'about:blank' },
        title: text('The phrase of the status.'),
        status: { type: 'integer', description: 'The status of the response.' },
        detail: text('What to do, for people.'),
        code: text(
          `A stable code, for programs: ${Object.keys(ERROR_CODES).join(', ')}, or one of a request that was refused before it was read.`,
        ),
      },
      'A problem document (RFC 9457).',
    ),
  },
};
