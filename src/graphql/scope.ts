import type { TokenCookies } from '../http/cookies/cookie-session.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Administration } from '../administration/administration.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { ClientInfo, Session } from '../sessions/session.js';
import type { Statistics } from '../administration/statistics/statistics.js';
import type { SignIn } from '../sign-in/sign-in.js';
import type { ReportError } from './errors.js';

/** The domain, as the resolvers use it. */
export interface WalletSessionsServices {
  readonly sessions: SessionLifecycle;
  readonly signIn: SignIn;
  readonly auditLog: AuditLog;
  readonly statistics: Statistics;
  readonly administration: Administration;
  /** Receives background errors. */
  readonly report: ReportError;
}

/** The services alone, of something that has more. */
export function servicesOf(of: WalletSessionsServices): WalletSessionsServices {
  const { sessions, signIn, auditLog, statistics, administration, report } = of;
  return { sessions, signIn, auditLog, statistics, administration, report };
}

/** What one operation knows: the services, who asks, and the session that it was validated for. */
export interface RequestContext extends WalletSessionsServices {
  /** The session, validated once for this operation; `undefined` where there is none. */
  readonly session: Session | undefined;
  readonly source: ClientInfo;
  /** The `Origin` header of a browser. */
  readonly origin?: string | undefined;
  /** The request, as the application's server has it, for the hooks of a sign-in. */
  readonly request?: unknown;
  /** Where the tokens of the client go in cookies. */
  readonly cookies?: TokenCookies | undefined;
  /** Where the transport closes with the session: it lets this end first, so that its last word is sent. */
  readonly closeAfter?: ((ended: Promise<void>) => void) | undefined;
  /** Where the transport outlives the operation: it is told that the session was re-authenticated over it. */
  readonly reauthenticated?: ((session: Session) => void) | undefined;
}

/** The GraphQL context of the resolvers, under one name so that it fits beside an application's own. */
export interface WalletSessionsContext {
  readonly walletSessions: RequestContext;
}
