import { contractAt, type AccountId } from '../accounts/account-id.js';
import { accountIdOf, partitionOf, type Partition, type Wallet } from '../accounts/wallet.js';
import { refreshesOf } from './entry.js';
import type { AuditEvent } from './events.js';
import type { EverybodysList, Replacing, WalletList } from './store.js';

const DAY = 24 * 60 * 60_000;

/**
 * The time for which the list of a wallet is kept beyond the age of its newest entry, given the idle timeout of sessions: the
 * longest time in which refreshes do not extend it.
 */
export const reserveFor = (timeout: number): number => DAY + timeout;

/**
 * In the list of a wallet, a refresh replaces the previous one of its session. It extends the time for which the list is kept
 * only if it moves the idle timeout to another day: the last extension was at most a day and the timeout before.
 */
export function replacingOf(event: AuditEvent): Replacing | undefined {
  if (event.type !== 'session.refreshed') return undefined;
  const isNewDay = Math.floor(event.expiresAt / DAY) !== Math.floor(event.expiredAt / DAY);
  return { kind: refreshesOf(event.sessionId), extends: isNewDay };
}

/** Chooses the list by what a client needs in order to cause the event. */
export function everybodysListOf({ type }: AuditEvent): EverybodysList {
  switch (type) {
    case 'challenge.created':
    case 'sign-in.refused':
      return 'attempts';
    case 'session.refreshed':
    case 'session.proof-refused':
    case 'administration.refused':
      return 'activity';
    default:
      return 'history';
  }
}

interface Place {
  readonly partition: Partition;
  /** The wallet of the partition, if the event names it. */
  readonly wallet?: AccountId | undefined;
  readonly list: WalletList;
}

/** The wallets and the lists to which an event belongs; empty for events that concern no session. */
export function placesOf(event: AuditEvent): readonly Place[] {
  switch (event.type) {
    case 'challenge.created':
    case 'administration.performed':
    case 'administration.refused':
      return [];
    case 'sign-in.refused':
      return claimedBy(event).map((wallet) => placeOf(wallet, 'attempts'));
    case 'session.proof-refused':
      return [placeOf(event, 'attempts')];
    default: {
      const { wallet } = event;
      if (wallet !== undefined) return [placeOf(wallet, 'history')];
      return event.partition === undefined ? [] : [{ partition: event.partition, list: 'history' }];
    }
  }
}

function placeOf(wallet: Wallet, list: WalletList): Place {
  return { partition: partitionOf(wallet), wallet: accountIdOf(wallet), list };
}

/** The wallets in whose name somebody tried to sign in: without proof, the account or the contract at its address. */
function claimedBy(event: AuditEvent & { readonly type: 'sign-in.refused' }): Wallet[] {
  const { wallet, chainId } = event;
  if (wallet === undefined) return [];
  const contract = chainId === undefined ? undefined : contractAt(wallet, chainId);
  return contract === undefined ? [wallet] : [wallet, contract];
}
