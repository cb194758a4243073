import { MAX_PAGE_SIZE } from '../sessions/store.js';
import { nullable, ref, SCHEMAS, text } from './openapi-schemas.js';

const flag = (description: string) => ({ type: ['boolean', 'null'], default: false, description });

const body = (properties: Readonly<Record<string, object>>, required: readonly string[] = []) => ({
  required: required.length > 0,
  content: {
    'application/json': {
      schema: { type: 'object', properties, required, additionalProperties: false },
    },
  },
});

const responses = (description: string, schema: object, ...statuses: readonly number[]) => ({
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
  401: 'No valid session, refresh token or proof of a key came with the request; `code` says which.',
  403: 'The request is not allowed; `code` says why: for example, it comes from a page of another origin, or needs a fresh signature.',
  404: 'The wallet has no such session.',
  413: 'The body is too long.',
  415: 'The body is not JSON in UTF-8.',
  429: 'A rate limit is exceeded. Wait for the seconds in `Retry-After`.',
  500: 'The service failed.',
  503: 'The session store did not answer, or the signature of a contract wallet could not be verified now. Try again.',
};

const SIGNED = {
  message: text(
    'The message, exactly as signed: EIP-4361 for Ethereum, Sign In With Solana for Solana.',
  ),
  signature: text(
    'The signature of the message: `personal_sign` (EIP-191) or that of a contract wallet for Ethereum; 64 bytes in base58 or hexadecimal for Solana.',
  ),
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
      responses: responses('The token.', ref('IdentityToken'), 401, 403, 413, 415),
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
          responses: responses('The challenge.', ref('Challenge'), 403, 413, 415),
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
          responses: responses('The session and its tokens.', ref('Grant'), 403, 413, 415),
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
          responses: responses('The session and its new tokens.', ref('Grant'), 401, 403, 413, 415),
        },
      },
      '/reauthenticate': {
        post: {
          operationId: 'reauthenticate',
          summary: 'Renews the authentication of the current session with a new signed challenge.',
          security: SIGNED_IN,
          requestBody: body(SIGNED, ['message', 'signature']),
          responses: responses('The session.', ref('Session'), 401, 403, 413, 415),
        },
      },
      '/logout': {
        post: {
          operationId: 'logout',
          summary: 'Logs out the current session, or another one of the wallet.',
          security: SIGNED_IN,
          requestBody: body({ sessionId: nullable('string', 'Default: the current session.') }),
          responses: responses(
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
          responses: responses(
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
          responses: responses('The session.', ref('Session'), 401, 403),
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
          responses: responses('The page.', ref('SessionPage'), 401, 403),
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
            'Where the service keeps sessions in cookies. The request must come from a page of an allowed origin.',
        },
      },
    },
  };
}
