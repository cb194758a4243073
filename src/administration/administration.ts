import { WalletSessionsError, type ErrorCode } from '../errors.js';
import type { AuditLog, AuditPage } from '../audit/audit-log.js';
import { COMMAND_LINE, type Actor, type AdministrativeAct, type Audit } from '../audit/events.js';
import type { AuditEntry } from '../audit/entry.js';
import type { AuditFilter } from '../audit/filter.js';
import type { WalletHistory } from '../audit/wallet-history.js';
import type { Clock } from '../clock.js';
import type { KeyRing } from '../sessions/key-ring.js';
import { rotateKeys, type KeyRotationReport, type RotationPace } from './rotate-keys.js';
import type { RecordScanner } from '../sessions/record.js';
import type { Connection } from '../lifecycle/connect.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { SessionPage } from '../lifecycle/list.js';
import type { ClientInfo, Revocation, Session, SessionId } from '../sessions/session.js';
import type { PageRequest } from '../sessions/store.js';
import type { Statistics, StatisticsReport } from './statistics/statistics.js';
import { comparableNameOf } from '../accounts/account-id.js';
import { accountIdOf, identityOf, type Wallet } from '../accounts/wallet.js';

export interface AdministrationDomain {
  readonly sessions: Pick<
    SessionLifecycle,
    'list' | 'listPage' | 'revoke' | 'revokeAll' | 'isFresh' | 'resume'
  >;
  readonly auditLog: AuditLog;
  readonly statistics: Statistics;
  readonly scanner: RecordScanner;
  readonly keys: KeyRing;
  /** The wallets with administrator rights. An EOA never admits a contract at its address. */
  readonly administrators: readonly Wallet[];
  /** The URL of the operator's dashboard of metrics. */
  readonly dashboardUrl?: string | undefined;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** Who performs an act. */
export interface Administrator {
  /** `COMMAND_LINE` needs no check: its user has the keys and the store. */
  readonly session: Session | typeof COMMAND_LINE;
  readonly source: ClientInfo;
  /** The connection over which the act is performed, if it outlives the act. It knows which later signatures count. */
  readonly connection?: Pick<Connection, 'validate'> | undefined;
}

/**
 * The acts of administrators. Each act requires a wallet on the allow-list and a fresh signature (see
 * `SessionPolicy.freshWindow`). It is audited with the wallet that performed it or was refused.
 * @throws WalletSessionsError from every method: `FORBIDDEN`, `REAUTHENTICATION_REQUIRED`, `SERVICE_UNAVAILABLE`
 */
export interface Administration {
  /** Returns the statistics of the last `hours` hours. */
  statistics(by: Administrator, hours: number): Promise<StatisticsReport>;
  sessionsOf(by: Administrator, wallet: Wallet): Promise<Session[]>;
  /** Returns a page of these sessions. */
  sessionPageOf(by: Administrator, wallet: Wallet, page: PageRequest): Promise<SessionPage>;
  /** Returns one of these sessions, or `undefined` if the wallet has no active session with this id. */
  sessionOf(by: Administrator, wallet: Wallet, id: SessionId): Promise<Session | undefined>;
  /** Returns the events of a wallet, as its owner sees them. */
  auditEventsOf(by: Administrator, wallet: Wallet): Promise<WalletHistory>;
  /** Whether the wallet of the session is on the list. Needs no fresh signature and is not audited. */
  isAdministrator(session: Wallet): boolean;
  /** The URL of the operator's dashboard of metrics, if there is one. Show it to administrators only. */
  readonly dashboardUrl: string | undefined;
  /** Returns a page of the audit events of all wallets. @throws RangeError for an invalid cursor */
  auditEvents(
    by: Administrator,
    count: number,
    after?: string,
    filter?: AuditFilter,
  ): Promise<AuditPage>;
  /**
   * Yields the audit events of all wallets as they are added. It ends with the session, and when the signature of its
   * wallet is no longer fresh. A later signature counts if the connection counts it; without a connection, none does.
   */
  followAuditEvents(
    by: Administrator,
    filter: AuditFilter,
  ): Promise<AsyncIterableIterator<AuditEntry, undefined>>;
  /** @throws WalletSessionsError `SESSION_NOT_FOUND` too */
  revokeSession(by: Administrator, wallet: Wallet, id: string): Promise<Revocation>;
  revokeSessions(by: Administrator, wallet: Wallet): Promise<Revocation[]>;
  /** Encrypts all session records with the current key: see {@link rotateKeys}. */
  rotateKeys(by: Administrator, pace: RotationPace): Promise<KeyRotationReport>;
}

export function createAdministration(domain: AdministrationDomain): Administration {
  const { sessions, auditLog, statistics, scanner, keys, audit, clock } = domain;
  const administrators = new Set(domain.administrators.map(nameOf));

  function refusalOf(session: Administrator['session']): ErrorCode | undefined {
    if (session === COMMAND_LINE) return undefined;
    if (!administrators.has(nameOf(session))) return 'FORBIDDEN';
    return sessions.isFresh(session) ? undefined : 'REAUTHENTICATION_REQUIRED';
  }

  /** Whether the session is still active, and the signature of its wallet fresh. */
  async function mayGoOn({ session, source, connection }: Administrator): Promise<boolean> {
    if (session === COMMAND_LINE) return true;
    if (connection === undefined) {
      return refusalOf(session) === undefined && (await sessions.resume(session)) !== undefined;
    }
    const current = await connection.validate(source);
    return current !== undefined && refusalOf(current) === undefined;
  }

  async function perform<Result>(
    { session, source }: Administrator,
    act: AdministrativeAct,
    wallet: Wallet | undefined,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const actor = actorOf(session);
    const what = { at: clock.now(), actor, act, ...(wallet && identityOf(wallet)), source };
    const reason = refusalOf(session);
    if (reason !== undefined) {
      audit({ type: 'administration.refused', ...what, reason });
      throw new WalletSessionsError(reason);
    }
    audit({ type: 'administration.performed', ...what });
    return run();
  }

  return {
    statistics: (by, hours) =>
      perform(by, 'READ_STATISTICS', undefined, () => statistics.report(hours)),
    sessionsOf: (by, wallet) => perform(by, 'READ_SESSIONS', wallet, () => sessions.list(wallet)),
    sessionPageOf: (by, wallet, page) =>
      perform(by, 'READ_SESSIONS', wallet, () => sessions.listPage(wallet, page)),
    sessionOf: (by, wallet, id) =>
      perform(by, 'READ_SESSIONS', wallet, () => sessions.resume({ ...identityOf(wallet), id })),
    auditEventsOf: (by, wallet) =>
      perform(by, 'READ_AUDIT_EVENTS', wallet, () => auditLog.ofWallet(wallet)),
    isAdministrator: (session) => administrators.has(nameOf(session)),
    dashboardUrl: domain.dashboardUrl,
    auditEvents: (by, count, after, filter) =>
      perform(by, 'READ_AUDIT_EVENTS', filter?.wallet, () =>
        auditLog.ofEverybody(count, after, filter),
      ),
    followAuditEvents: (by, filter) =>
      perform(by, 'READ_AUDIT_EVENTS', filter.wallet, () =>
        auditLog.follow(filter, () => mayGoOn(by)),
      ),
    revokeSession: (by, wallet, id) =>
      perform(by, 'REVOKE_SESSION', wallet, () =>
        sessions.revoke({
          wallet,
          sessionId: id,
          reason: 'ADMIN',
          source: by.source,
          actor: actorOf(by.session),
        }),
      ),
    revokeSessions: (by, wallet) =>
      perform(by, 'REVOKE_WALLET_SESSIONS', wallet, () =>
        sessions.revokeAll({
          wallet,
          reason: 'ADMIN',
          source: by.source,
          actor: actorOf(by.session),
        }),
      ),
    rotateKeys: (by, pace) =>
      perform(by, 'ROTATE_KEYS', undefined, () => rotateKeys({ scanner, keys, clock, ...pace })),
  };
}

function nameOf(wallet: Wallet): string {
  return comparableNameOf(accountIdOf(wallet));
}

function actorOf(session: Administrator['session']): Actor {
  return session === COMMAND_LINE ? session : { ...identityOf(session), id: session.id };
}
