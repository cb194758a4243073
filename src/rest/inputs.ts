import * as v from 'valibot';
import { WalletSessionsError } from '../errors.js';
import { isSessionId } from '../sessions/session.js';
import { MAX_PAGE_SIZE, type PageRequest } from '../sessions/store.js';

const text = v.string('must be a text');
const flag = v.boolean('must be true or false');

const signed = { message: text, signature: text };

/** What the bodies of the operations contain. A field may also be null where it may be missing. */
export const BODIES = {
  challenge: v.strictObject({ account: v.nullish(text), chainId: v.nullish(text) }),
  signIn: v.strictObject({
    ...signed,
    walletType: v.nullish(text),
    device: v.nullish(text),
    logoutOthers: v.nullish(flag, false),
  }),
  refresh: v.strictObject({ refreshToken: v.nullish(text) }),
  reauthenticate: v.strictObject(signed),
  logout: v.strictObject({ sessionId: v.nullish(text) }),
  identityToken: v.strictObject({ audience: text }),
  logoutAll: v.strictObject({ keepCurrent: v.nullish(flag, false) }),
} as const;

/** @throws WalletSessionsError `BAD_USER_INPUT` with the name of the field */
export function readBody<Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
): v.InferOutput<Schema> {
  // An array would pass as an object.
  const { success, output, issues } = v.safeParse(schema, Array.isArray(body) ? undefined : body);
  if (success) return output;
  const [issue] = issues;
  const name = v.getDotPath(issue);
  const isUnknown = issue.type === 'strict_object' && issue.expected === 'never';
  // What was sent is not repeated: it may be a secret.
  const problem =
    name === null
      ? 'The body must be a JSON object.'
      : isUnknown
        ? `The body has a field that there is not: ${name.slice(0, 100)}.`
        : `${name} ${issue.type === 'strict_object' ? 'is missing' : issue.message}.`;
  throw new WalletSessionsError('BAD_USER_INPUT', problem);
}

/** @throws WalletSessionsError `BAD_USER_INPUT` */
export function readPage(search: URLSearchParams): PageRequest {
  const [first = String(MAX_PAGE_SIZE), after] = ['first', 'after'].map(
    (name) => search.get(name) ?? undefined,
  );
  if (!/^\d{1,3}$/.test(first) || Number(first) > MAX_PAGE_SIZE) {
    throw new WalletSessionsError('BAD_USER_INPUT', `first must be from 0 to ${MAX_PAGE_SIZE}.`);
  }
  if (after === undefined) return { first: Number(first) };
  if (!isSessionId(after)) {
    throw new WalletSessionsError('BAD_USER_INPUT', 'after must be the endCursor of a page.');
  }
  return { first: Number(first), after };
}
