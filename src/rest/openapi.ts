import { ERROR_CODES } from '../errors.js';
import { MAX_PAGE_SIZE } from './inputs.js';

const text = (description: string) => ({ type: 'string', description });
const nullable = (type: string, description: string) => ({ type: [type, 'null'], description });
const time = (description: string) => ({ type: 'string', format: 'date-time', description });
const flag = (description: string) => ({ type: ['boolean', 'null'], default: false, description });

/** An object of which every property is present, and no other. */
const whole = (properties: Readonly<Record<string, object>>, description: string) => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const body = (properties: Readonly<Record<string, object>>, required: readonly string[] = []) => ({
  required: required.length > 0,
  content: {
    'application/json': {
      schema: { type: 'object', properties, required, additionalProperties: false },
    },
  },
});

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const answers = (description: string, schema: object, ...statuses: readonly number[]) => ({
  '200': { description, content: { 'application/json': { schema } } },
  ...Object.fromEntries(
    [400, ...statuses, 429, 500, 503].map((status) => [
      String(status),
      { $ref: `#/components/responses/${status}` },
    ]),
  ),
});

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The request is not valid; `detail` says why.',
  401: 'No valid session or refresh token came with the request.',
  403: 'The request is refused: it comes from a page of another origin, or needs a fresh signature.',
  404: 'The wallet has no such session.',
  413: 'The body is too long.',
  415: 'The body is not JSON in UTF-8.',
  429: 'A rate limit is exceeded. Wait for the seconds in `Retry-After`.',
  500: 'The server failed.',
  503: 'The session store, or the chain of a contract wallet, did not answer. Try again.',
};

const SIGNED = {
  message: text('The EIP-4361 message, exactly as signed.'),
  signature: text(
    'The `personal_sign` (EIP-191) signature of the message, or that of a contract wallet.',
  ),
};

const CAPABILITIES = {
  type: ['object', 'null'],
  description:
    'What the wallet allowed the application besides the sign-in, with a ReCap (ERC-5573) in the message that it signed: ' +
    'for each resource, the abilities (`namespace/name`) and their restrictions. Null if the message had none.',
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

const SCHEMAS = {
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
      issuedAt: time('When the tokens were granted, by the clock of the server.'),
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

const SIGNED_IN = [{ bearer: [] }, { cookie: [] }];

const IDENTITY_TOKEN_PATHS = {
  '/identity-token': {
    post: {
      operationId: 'issueIdentityToken',
      summary: 'Issues a short-lived JWT that tells another server who has the session.',
      security: SIGNED_IN,
      requestBody: body({ audience: text('One of the audiences that the operator has allowed.') }, [
        'audience',
      ]),
      responses: answers('The token.', ref('IdentityToken'), 401, 403, 413, 415),
    },
  },
  '/jwks.json': {
    get: {
      operationId: 'publicKeys',
      summary: 'The public keys with which identity tokens are verified.',
      security: [],
      responses: {
        '200': {
          description: 'The keys. They may be cached for as long as `Cache-Control` says.',
          content: { 'application/jwk-set+json': { schema: ref('JsonWebKeySet') } },
        },
      },
    },
  },
};

/**
 * The OpenAPI 3.1 description of the API. Its server is the path from which it was loaded.
 * @param withIdentityTokens whether identity tokens are issued
 */
export function describeApi(withIdentityTokens: boolean) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Wallet Sessions',
      version: '1',
      summary: 'Sign-in with a wallet, and the sessions that follow.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.' }],
    paths: {
      '/challenge': {
        post: {
          operationId: 'createChallenge',
          summary: 'The first step of a sign-in: a nonce to sign.',
          security: [],
          requestBody: body({
            account: nullable(
              'string',
              'The CAIP-10 account id of the account that will sign. If given, the nonce works only for it and, unless it is ' +
                '`eip155:0:0x…`, only on its chain.',
            ),
            chainId: nullable(
              'string',
              'The CAIP-2 id of the chain to sign in on. If given, the nonce works only on it.',
            ),
          }),
          responses: answers('The challenge.', ref('Challenge'), 403, 413, 415),
        },
      },
      '/sign-in': {
        post: {
          operationId: 'signIn',
          summary: 'The second step of a sign-in: verifies the signature and starts a session.',
          security: [],
          requestBody: body(
            {
              ...SIGNED,
              walletType: nullable('string', 'The name of the connector. At most 100 characters.'),
              device: nullable('string', 'The name of the device. At most 100 characters.'),
              logoutOthers: flag(
                'Whether to log out all other sessions of the wallet in the same step.',
              ),
            },
            ['message', 'signature'],
          ),
          responses: answers('The session and its tokens.', ref('Grant'), 403, 413, 415),
        },
      },
      '/refresh': {
        post: {
          operationId: 'refresh',
          summary:
            'Exchanges a refresh token for a new pair of tokens, and extends the idle timeout.',
          security: [],
          requestBody: body({
            refreshToken: nullable('string', 'Default: the token in the cookie.'),
          }),
          responses: answers('The session and its new tokens.', ref('Grant'), 401, 403, 413, 415),
        },
      },
      '/reauthenticate': {
        post: {
          operationId: 'reauthenticate',
          summary: 'Renews the authentication of the current session with a new signed challenge.',
          security: SIGNED_IN,
          requestBody: body(SIGNED, ['message', 'signature']),
          responses: answers('The session.', ref('Session'), 401, 403, 413, 415),
        },
      },
      '/logout': {
        post: {
          operationId: 'logout',
          summary: 'Logs out the current session, or another one of the wallet.',
          security: SIGNED_IN,
          requestBody: body({ sessionId: nullable('string', 'Default: the current session.') }),
          responses: answers(
            'The session that was logged out.',
            ref('Logout'),
            401,
            403,
            404,
            413,
            415,
          ),
        },
      },
      '/logout-all': {
        post: {
          operationId: 'logoutAll',
          summary: 'Logs out all sessions of the wallet.',
          security: SIGNED_IN,
          requestBody: body({ keepCurrent: flag('Whether to keep the current session.') }),
          responses: answers(
            'The sessions that were logged out.',
            ref('LogoutAll'),
            401,
            403,
            413,
            415,
          ),
        },
      },
      '/session': {
        get: {
          operationId: 'session',
          summary: 'The current session.',
          security: SIGNED_IN,
          responses: answers('The session.', ref('Session'), 401, 403),
        },
      },
      '/sessions': {
        get: {
          operationId: 'sessions',
          summary: 'A page of the active sessions of the wallet, newest first.',
          security: SIGNED_IN,
          parameters: [
            {
              name: 'first',
              in: 'query',
              description: 'The size of the page.',
              schema: {
                type: 'integer',
                minimum: 0,
                maximum: MAX_PAGE_SIZE,
                default: MAX_PAGE_SIZE,
              },
            },
            {
              name: 'after',
              in: 'query',
              description: '`endCursor` of the page before.',
              schema: { type: 'string' },
            },
          ],
          responses: answers('The page.', ref('SessionPage'), 401, 403),
        },
      },
      ...(withIdentityTokens && IDENTITY_TOKEN_PATHS),
      '/openapi.json': {
        get: {
          operationId: 'describe',
          summary: 'This description.',
          security: [],
          responses: {
            '200': {
              description: 'This description.',
              content: { 'application/json': { schema: { type: 'object' } } },
            },
          },
        },
      },
    },
    components: {
      schemas: SCHEMAS,
      responses: Object.fromEntries(
        Object.entries(PROBLEMS).map(([status, description]) => [
          status,
          { description, content: { 'application/problem+json': { schema: ref('Problem') } } },
        ]),
      ),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The access token.' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-wallet-session',
          description:
            'Where the server keeps sessions in cookies. The request must come from a page of an allowed origin.',
        },
      },
    },
  };
}
