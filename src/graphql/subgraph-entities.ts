import { parseAccountId, type AccountId } from '../accounts/account-id.js';
import { isSameWallet } from '../accounts/wallet.js';
import { isSessionId, type Session, type SessionId } from '../sessions/session.js';
import { requestScope } from './authorization.js';
import type { RequestContext, WalletSessionsContext } from './context.js';
import { MAX_PAGE_SIZE } from '../sessions/store.js';
import { createReadLimit } from './read-limit.js';
import { SessionType } from './session-type.js';

/** A reference as a gateway sends it: any JSON object. */
type Reference = Readonly<Record<string, unknown>>;

/** Resolves an account, which has no field besides its id. `null` for what is not an account id. */
export function resolveAccount({ id }: Reference): { readonly id: AccountId } | null {
  const account = accountIn(id);
  return account === undefined ? null : { id: account };
}

/**
 * Resolves a reference to a session of the caller or, with its wallet, for an administrator. `null` for any other session,
 * as for one that does not exist.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`; for administrators also `REAUTHENTICATION_REQUIRED`
 * @throws GraphQLError `BAD_USER_INPUT` for more than 100 sessions in an operation
 */
export async function resolveSession(
  { id, wallet }: Reference,
  context: WalletSessionsContext,
  info: object,
): Promise<SessionType | null> {
  const scope = requestScope(context, info);
  const current = scope.session;
  const owner = wallet === undefined ? undefined : accountIn(wallet);
  if (current === undefined || typeof id !== 'string' || !isSessionId(id)) return null;
  if (wallet !== undefined && owner === undefined) return null;
  const found = await findSession(scope, current, id, owner);
  return found === undefined ? null : new SessionType(found, current);
}

async function findSession(
  scope: RequestContext,
  current: Session,
  id: SessionId,
  owner: AccountId | undefined,
): Promise<Session | undefined> {
  const { sessions, administration, source } = scope;
  if (id === current.id && (owner === undefined || isSameWallet(owner, current))) return current;
  countRead(scope);
  const own = sessions
    .governedBy(current)
    .filter((governed) => owner === undefined || isSameWallet(owner, governed));
  const found = await Promise.all(own.map((governed) => sessions.resume({ ...governed, id })));
  const session = found.find((one) => one !== undefined);
  if (session !== undefined || own.length > 0 || owner === undefined) return session;
  // Not audited as a refusal of administration: a reference to another wallet's session is ordinary.
  if (!administration.isAdministrator(current)) return undefined;
  return administration.sessionOf({ session: current, source }, owner, id);
}

/** Each read takes a round-trip to the store, and one operation may have any number of references. */
const countRead = createReadLimit(
  MAX_PAGE_SIZE,
  `An operation may refer to at most ${MAX_PAGE_SIZE} sessions.`,
);

function accountIn(value: unknown): AccountId | undefined {
  return typeof value === 'string' ? parseAccountId(value) : undefined;
}
