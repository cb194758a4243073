import type { Challenge } from '../signed-message.js';
import type { WalletSessionsClient } from '../client.js';
import { writeMessage } from '../message.js';
import type { Session } from '../session.js';
import { createKitSignIn, type KitOptions } from './kit-sign-in.js';
import { isOf } from './session-account.js';

/** A CAIP-2 chain id, as AppKit types it. */
export type CaipNetworkId =
  `${'eip155' | 'solana' | 'polkadot' | 'bip122' | 'cosmos' | 'sui' | 'stacks' | 'ton' | 'tron' | 'stellar'}:${string | number}`;

/** The fields of a message, as AppKit passes them on. Times are ISO 8601. */
export interface SIWXMessageData {
  accountAddress: string;
  chainId: CaipNetworkId;
  notBefore?: string;
  domain: string;
  uri: string;
  version: string;
  nonce: string;
  statement?: string;
  resources?: string[];
  requestId?: string;
  issuedAt?: string;
  expirationTime?: string;
}

/** What AppKit asks a message for. */
export interface SIWXMessageInput {
  /** Empty or a placeholder if the wallet connects and signs in one step. */
  accountAddress: string;
  chainId: CaipNetworkId;
  notBefore?: string;
}

/** A message whose text is that of `toString`. */
export interface SIWXMessage extends SIWXMessageData {
  toString(): string;
}

/** A signed message. */
export interface SIWXSession {
  data: SIWXMessageData;
  message: string;
  signature: string;
}

/** What `createAppKit` of Reown AppKit 1.8 takes as `siwx`. */
export interface SIWXConfig {
  createMessage(input: SIWXMessageInput): Promise<SIWXMessage>;
  addSession(session: SIWXSession): Promise<void>;
  revokeSession(chainId: CaipNetworkId, address: string): Promise<void>;
  setSessions(sessions: SIWXSession[]): Promise<void>;
  getSessions(chainId: CaipNetworkId, address: string): Promise<SIWXSession[]>;
  getRequired(): boolean;
  signOutOnDisconnect: boolean;
}

/** Options of {@link createSIWX}. */
export interface AppKitOptions extends KitOptions {
  /**
   * Disconnects the wallet: `() => modal.disconnect()`. Called when the session ends otherwise than by AppKit: on another
   * device, by an administrator, by expiry, or by `client.logout`. Default: the wallet stays connected, without a session.
   */
  readonly disconnect?: (() => Promise<unknown>) | undefined;
  /** Whether the wallet is disconnected if its owner does not sign. Default true. */
  readonly required?: boolean | undefined;
  /** Whether the session is logged out when the wallet disconnects. Default true. */
  readonly signOutOnDisconnect?: boolean | undefined;
}

/**
 * Writes the messages of AppKit with the nonce and the fields of the service. AppKit's own `InformalMessenger` writes chain
 * ids as `eip155:1`, which EIP-4361 does not allow.
 */
export function createSIWXMessenger(client: WalletSessionsClient) {
  return {
    async createMessage(input: SIWXMessageInput): Promise<SIWXMessage> {
      const { accountAddress: address, chainId, notBefore } = input;
      // One-click authentication signs the nonce for each chain that the wallet approves: it may not be the active one.
      const challenge = await client.createChallenge(
        isAddress(address) ? { account: `${chainId}:${address}`, chainId } : {},
      );
      const text =
        (notBefore === undefined ? challenge.message : undefined) ??
        writeMessage({ ...challenge, address, chainId, notBefore });
      return { ...dataOf(challenge, input), toString: () => text };
    },
  };
}

/** The `siwx` of `createAppKit`. */
export function createSIWX(client: WalletSessionsClient, options: AppKitOptions = {}): SIWXConfig {
  const { disconnect, required = true, signOutOnDisconnect = true, ...described } = options;
  const { verify, signOut } = createKitSignIn(client, described);
  /** The chain that was active when AppKit asked for the message with this nonce. */
  let asked: { readonly nonce: string; readonly chainId: string } | undefined;
  /** What started the session, for AppKit's own use. */
  let signed: SIWXSession | undefined;
  let isSigningOut = false;

  const messenger = createSIWXMessenger(client);
  client.on('end', () => {
    signed = undefined;
    if (isSigningOut) return;
    disconnect?.().catch((error: unknown) => described.onError?.(error));
  });

  async function add(session: SIWXSession): Promise<void> {
    await verify(session);
    signed = session;
  }

  async function end(): Promise<void> {
    isSigningOut = true;
    try {
      await signOut();
    } finally {
      isSigningOut = false;
    }
  }

  async function sessionOf(chainId: string, address: string): Promise<Session | undefined> {
    await client.ready;
    const { session } = client.state;
    return session !== undefined && isOf(session, address, chainId) ? session : undefined;
  }

  return {
    async createMessage(input) {
      const message = await messenger.createMessage(input);
      asked = { nonce: message.nonce, chainId: input.chainId };
      return message;
    },

    addSession: add,

    async setSessions(sessions) {
      // One nonce signed for several chains starts one session: an EOA is one wallet on all of them.
      const active = sessions.find(
        ({ data }) => data.nonce === asked?.nonce && data.chainId === asked.chainId,
      );
      const chosen = active ?? sessions[0];
      await (chosen === undefined ? end() : add(chosen));
    },

    async getSessions(chainId, address) {
      const session = await sessionOf(chainId, address);
      return session === undefined ? [] : [describe(session, chainId, address, signed)];
    },

    async revokeSession(chainId, address) {
      if (await sessionOf(chainId, address)) await end();
    },

    getRequired: () => required,
    signOutOnDisconnect,
  };
}

/** For any chain of the account: its session counts on all of them. */
function describe(
  session: Session,
  chainId: CaipNetworkId,
  accountAddress: string,
  signed: SIWXSession | undefined,
): SIWXSession {
  const { message = '', signature = '' } = signed ?? {};
  const known = signed?.data ?? { domain: '', uri: '', version: '1', nonce: '' };
  const times = { issuedAt: session.createdAt, expirationTime: session.absoluteExpiresAt };
  return { data: { ...known, ...times, chainId, accountAddress }, message, signature };
}

function dataOf(
  { nonce, domain, uri, statement, issuedAt, expiresAt }: Challenge,
  { accountAddress, chainId, notBefore }: SIWXMessageInput,
): SIWXMessageData {
  return {
    accountAddress,
    chainId,
    ...(notBefore !== undefined && { notBefore }),
    domain,
    uri,
    version: '1',
    nonce,
    statement,
    issuedAt,
    expirationTime: expiresAt,
  };
}

/** False for the placeholders that AppKit passes while the account is unknown. */
function isAddress(text: string): boolean {
  return /^\w+$/.test(text);
}
