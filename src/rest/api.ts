import type * as v from 'valibot';
import { WalletSessionsError } from '../errors.js';
import {
  completeSignIn,
  logoutClient,
  logoutClientEverywhere,
  refreshClient,
  type ActingClient,
} from '../http/acts.js';
import type { TokenCookies } from '../http/cookies/cookie-session.js';
import { DEVICE_SESSION_PATHS, type DeviceSessions } from '../http/cookies/device-sessions.js';
import type { ResponseHeaders } from '../http/cookies/put-cookies.js';
import { credentialOf, mistakeInToken } from '../http/credential.js';
import type { IdentityTokens } from '../identity-tokens/identity-tokens.js';
import type { PresentedProof } from '../key-binding/proof.js';
import type { RequestHead } from '../http/reader.js';
import { problemOf } from '../http/problem.js';
import { MethodRefused, RequestRefused } from '../http/refusal.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { Validated } from '../lifecycle/validate.js';
import type { ClientInfo, Session } from '../sessions/session.js';
import type { SignIn } from '../sign-in/sign-in.js';
import { BODIES, readBody, readPage } from './inputs.js';
import { describeApi } from './openapi.js';
import {
  challengeJson,
  grantJson,
  identityTokenJson,
  pageJson,
  sessionJson,
} from './representations.js';

/** What the API needs of `WalletSessions`. */
export interface RestSources {
  readonly sessions: SessionLifecycle;
  readonly signIn: SignIn;
  readonly identityTokens: IdentityTokens;
  readonly report: (error: unknown, source?: ClientInfo) => void;
  sourceOf(request: RequestHead): ClientInfo;
  proofOf(request: RequestHead): PresentedProof | undefined;
  validateRequest(request: RequestHead, response?: ResponseHeaders): Validated;
  /** The endpoints of Device Bound Session Credentials, if they are on. */
  readonly deviceSessions?: DeviceSessions | undefined;
  tokenCookies(request: RequestHead, response: ResponseHeaders): Promise<TokenCookies | undefined>;
}

/** A request to the API, whatever server it came to. */
export interface RestRequest {
  readonly request: RequestHead;
  /** Below the path of the API: `/session`. */
  readonly path: string;
  readonly search: URLSearchParams;
  /** Receives cookies. */
  readonly response: ResponseHeaders;
  /** What the hooks of a sign-in get as the request. */
  readonly original: unknown;
  /**
   * The body, parsed; `undefined` if there is none.
   * @throws RequestRefused if it is too long or is not JSON
   */
  readBody(): Promise<unknown>;
}

/** The headers, with names in lower case, and the body of a response. */
interface Written {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RestResponse extends Written {
  readonly status: number;
}

export interface RestApi {
  /** The paths, below that of the API. Without identity tokens, theirs are not among them. */
  readonly paths: readonly string[];
  /** Never rejects: an error is answered with a problem document (RFC 9457), and reported if it is not the client's. */
  answer(asked: RestRequest): Promise<RestResponse>;
}

interface Act {
  readonly client: ActingClient;
  readonly identityTokens: IdentityTokens;
  /** @throws WalletSessionsError `UNAUTHENTICATED` */
  readonly current: () => Session;
  readonly origin: string | undefined;
  readonly search: URLSearchParams;
}

interface Operation {
  readonly method: 'GET' | 'POST';
  /** `undefined` for operations without a body. */
  readonly body?: v.GenericSchema;
  run(act: Act, body: unknown): unknown;
}

/** An operation with a body, which is optional if an empty one fits. */
const post = <Schema extends v.GenericSchema>(
  body: Schema,
  run: (act: Act, body: v.InferOutput<Schema>) => unknown,
): Operation => ({ method: 'POST', body, run });

const get = (run: (act: Act) => unknown): Operation => ({ method: 'GET', run });

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '/challenge': post(BODIES.challenge, async ({ client, origin }, { account, chainId }) => {
    const request = { account: account ?? undefined, chainId: chainId ?? undefined, origin };
    return challengeJson(await client.signIn.createChallenge(request, client.source));
  }),
  '/sign-in': post(BODIES.signIn, async ({ client }, { walletType, device, ...signed }) => {
    const labels = { walletType: walletType ?? undefined, device: device ?? undefined };
    const grant = await completeSignIn(client, { ...signed, ...labels });
    return grantJson(grant, client.cookies !== undefined);
  }),
  '/refresh': post(BODIES.refresh, async ({ client }, { refreshToken }) =>
    grantJson(await refreshClient(client, refreshToken), client.cookies !== undefined),
  ),
  '/reauthenticate': post(BODIES.reauthenticate, async ({ client, current }, signed) => {
    const session = await client.signIn.reauthenticate(signed, current(), client.source);
    return sessionJson(session, session);
  }),
  '/logout': post(BODIES.logout, async ({ client, current }, { sessionId }) => {
    const ended = await logoutClient(client, current(), sessionId);
    return { sessionId: ended.sessionId };
  }),
  '/logout-all': post(BODIES.logoutAll, async ({ client, current }, { keepCurrent }) => {
    const ended = await logoutClientEverywhere(client, current(), keepCurrent);
    return { count: ended.length, sessionIds: ended.map(({ sessionId }) => sessionId) };
  }),
  '/session': get(({ current }) => sessionJson(current(), current())),
  '/sessions': get(async ({ client, current, search }) => {
    const session = current();
    const page = await client.sessions.listGovernedPage(session, readPage(search));
    return pageJson(page, session, client.sessions.placeOf);
  }),
};

const IDENTITY_TOKEN_OPERATIONS: Readonly<Record<string, Operation>> = {
  '/identity-token': post(BODIES.identityToken, async ({ identityTokens, current }, { audience }) =>
    identityTokenJson(await identityTokens.issue(current(), audience)),
  ),
};

const DESCRIPTION_PATH = '/openapi.json';

/** The path of the public keys of identity tokens (RFC 7517), below that of the API. */
export const JWKS_PATH = '/jwks.json';

/** Seconds for which the public keys may be cached: a new key is published long before it signs. */
const JWKS_MAX_AGE = 300;

const JWKS_HEADERS = {
  'content-type': 'application/jwk-set+json',
  'cache-control': `public, max-age=${JWKS_MAX_AGE}`,
  'x-content-type-options': 'nosniff',
  // The keys are public, and pages of any origin may verify with them.
  'access-control-allow-origin': '*',
} as const;

/** Sign-in and sessions over plain HTTP and JSON, beside GraphQL, with the same rules for cookies and origins. */
export function createRestApi(sources: RestSources): RestApi {
  const { identityTokens, deviceSessions } = sources;
  const operations = new Map(
    Object.entries({ ...OPERATIONS, ...(identityTokens.areIssued && IDENTITY_TOKEN_OPERATIONS) }),
  );
  const description = JSON.stringify(describeApi(identityTokens.areIssued));
  /** Responses without a session, by path. */
  const documents = new Map<string, () => Promise<Written>>([
    [DESCRIPTION_PATH, () => Promise.resolve({ headers: HEADERS, body: description })],
  ]);
  if (identityTokens.areIssued) {
    documents.set(JWKS_PATH, async () => ({
      headers: JWKS_HEADERS,
      body: JSON.stringify(await identityTokens.publicKeys()),
    }));
  }

  async function run(asked: RestRequest, source: ClientInfo): Promise<Written> {
    const { request, path, search, response } = asked;
    const found = operations.get(path) ?? documents.get(path);
    if (found === undefined) {
      throw new RequestRefused(404, 'NOT_FOUND', 'This operation does not exist.');
    }
    const allowed = typeof found === 'function' ? 'GET' : found.method;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (method !== allowed) {
      const allow = allowed === 'GET' ? 'GET, HEAD' : allowed;
      throw new MethodRefused(allow, `This operation is served by ${allowed}.`);
    }
    if (typeof found === 'function') return found();
    // Read first: a refresh must not be lost because the body is refused.
    const given = found.body && readBody(found.body, (await asked.readBody()) ?? {});
    const session = await sources.validateRequest(request, response);
    const cookies = await sources.tokenCookies(request, response);
    const { sessions, signIn, report } = sources;
    const client = {
      ...{ sessions, signIn, session, source, cookies, report },
      // A page cannot make proofs for tokens that it cannot read.
      proof: cookies === undefined ? sources.proofOf(request) : undefined,
      request: asked.original,
    };
    const current = () => {
      if (session !== undefined) return session;
      throw new WalletSessionsError('UNAUTHENTICATED', mistakeInToken(credentialOf(request)));
    };
    const act = { client, identityTokens, current, origin: request.headers.origin, search };
    return { headers: HEADERS, body: JSON.stringify(await found.run(act, given)) };
  }

  return {
    paths: [
      ...operations.keys(),
      ...documents.keys(),
      ...(deviceSessions ? DEVICE_SESSION_PATHS : []),
    ],
    async answer(asked) {
      const source = sources.sourceOf(asked.request);
      const isHead = asked.request.method === 'HEAD';
      const ofDevice = DEVICE_SESSION_PATHS.find((path) => path === asked.path);
      try {
        if (deviceSessions !== undefined && ofDevice !== undefined) {
          const given = await deviceSessions.answer(
            ofDevice,
            asked.request,
            source,
            asked.response,
          );
          const headers = { ...HEADERS, ...given.headers };
          return { status: given.status, headers, body: JSON.stringify(given.body) };
        }
        const { headers, body } = await run(asked, source);
        return { status: 200, headers, body: isHead ? '' : body };
      } catch (error) {
        const problem = problemOf(error, asked.request.headers.authorization);
        if (problem.toReport !== undefined) sources.report(problem.toReport, source);
        return {
          status: problem.status,
          headers: { ...HEADERS, ...problem.headers },
          body: isHead ? '' : JSON.stringify(problem.document),
        };
      }
    },
  };
}

/** Responses depend on the session, so no cache may keep them. */
const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;
