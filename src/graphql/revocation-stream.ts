import type { AccountId } from '../accounts/account-id.js';
import { isSameWallet, type WalletIdentity } from '../accounts/wallet.js';
import { WalletSessionsError } from '../errors.js';
import type { Revocation, Session } from '../sessions/session.js';
import type { Watch } from '../sessions/store.js';
import { currentSession } from './authorization.js';
import { badUserInput } from './errors.js';
import type { RequestContext } from './context.js';

/**
 * Maximum number of revocations that wait for a consumer. Later ones are read from the store when the consumer has
 * taken these. This bounds the memory for a client that does not read, and the client misses nothing.
 */
export const MAX_WAITING = 16;

type Step = IteratorResult<Revocation, undefined>;

interface RevocationRequest {
  /** The cursor to resume after. */
  readonly after?: string | undefined;
  /** The wallet to watch, which the session's wallet governs. Default: the session's wallet. */
  readonly wallet?: AccountId | undefined;
}

/** @throws GraphQLError `BAD_USER_INPUT` */
function watchedWallet(
  { sessions }: RequestContext,
  session: Session,
  wallet: AccountId | undefined,
): WalletIdentity {
  if (wallet === undefined || isSameWallet(wallet, session)) return session;
  const watched = sessions.governedBy(session).find((governed) => isSameWallet(governed, wallet));
  if (watched !== undefined) return watched;
  throw badUserInput(
    '"wallet" is neither the wallet of this session nor a contract at its address.',
  );
}

/**
 * The revocations of the wallet as a stream, which ends after the revocation of the subscribing session. The
 * consumer requests the next event only after it has sent the previous one, so the end of the stream tells the
 * transport that the session's own revocation has been sent.
 */
export async function openRevocationStream(
  context: RequestContext,
  { after, wallet }: RevocationRequest,
): Promise<AsyncIterableIterator<Revocation>> {
  const session = currentSession(context);
  const watched = watchedWallet(context, session, wallet);
  const stream = new RevocationStream(context, session, watched);
  try {
    await stream.endWithSession();
    await stream.follow(after);
    // The session may have ended after its validation and before the watch began.
    if ((await context.sessions.resume(session)) === undefined)
      throw new WalletSessionsError('UNAUTHENTICATED');
    return stream;
  } catch (error) {
    stream.close();
    throw error instanceof RangeError ? badUserInput(`"after": ${error.message}`) : error;
  }
}

/** A class, so that all streams share its methods: a service instance has tens of thousands of streams. */
class RevocationStream implements AsyncIterableIterator<Revocation> {
  private readonly waiting: Revocation[] = [];
  /** Cursor to resume from in the store, set when a revocation found no room. */
  private behindAt: string | undefined = undefined;
  private isLast = false;
  private isOver = false;
  private watch: Watch | undefined = undefined;
  /** Watches for the end of the subscribing session, if that is of another wallet than the one watched. */
  private ownWatch: Watch | undefined = undefined;
  /** Wakes up the pending `next()` after a change of the fields above. */
  private notify: (() => void) | undefined = undefined;
  private tellEnd: (() => void) | undefined = undefined;

  constructor(
    private readonly context: RequestContext,
    private readonly session: Session,
    private readonly watched: WalletIdentity,
  ) {
    if (watched !== session) return;
    context.closeAfter?.(new Promise((resolve) => (this.tellEnd = resolve)));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Not async, which takes more memory while it waits: almost all streams wait almost always. */
  next(): Promise<Step> {
    if (this.isLast) this.close();
    const revocation = this.waiting.shift();
    if (revocation === undefined && !this.isOver) return this.later();
    if (revocation === undefined) return Promise.resolve(OVER);
    this.isLast = revocation.sessionId === this.session.id;
    return Promise.resolve({ done: false, value: revocation });
  }

  return(): Promise<Step> {
    this.close();
    return Promise.resolve(OVER);
  }

  throw(error: Error): Promise<never> {
    this.close();
    return Promise.reject(error);
  }

  /** Ends the stream with the subscribing session, even if it is not of the wallet that is watched. */
  async endWithSession(): Promise<void> {
    if (this.watched === this.session) return;
    const hear = ({ sessionId }: Revocation) => {
      if (sessionId === this.session.id) this.close();
    };
    this.ownWatch = await this.context.sessions.watch(this.session, hear);
    if (this.isOver) this.ownWatch.stop();
  }

  /** @throws RangeError from the promise, for an invalid cursor */
  async follow(after: string | undefined): Promise<void> {
    this.behindAt = undefined;
    const from = after === undefined ? undefined : await this.readMissed(after);
    if (!this.takesMore()) return;
    const hear = (revocation: Revocation) => {
      this.hear(revocation);
    };
    const watch = await this.context.sessions.watch(this.watched, hear, from);
    if (this.takesMore()) this.watch = watch;
    else watch.stop();
  }

  /**
   * Reads as many revocations as may wait: a watch would deliver all that the store keeps. If there are more, the stream stays
   * behind, and does not watch before the consumer has taken these.
   * @returns the cursor of the last one
   */
  private async readMissed(after: string): Promise<string> {
    const missed = await this.context.sessions.endsAfter(this.watched, after, MAX_WAITING + 1);
    if (this.isOver) return after;
    this.waiting.push(...missed.slice(0, MAX_WAITING));
    const last = this.waiting.at(-1)?.cursor ?? after;
    if (missed.length > MAX_WAITING) this.behindAt = last;
    return last;
  }

  close(): void {
    this.isOver = true;
    this.waiting.length = 0;
    this.watch?.stop();
    this.watch = undefined;
    this.ownWatch?.stop();
    this.tellEnd?.();
    this.notify?.();
  }

  private takesMore(): boolean {
    return !this.isOver && this.behindAt === undefined;
  }

  private hear(revocation: Revocation): void {
    if (!this.takesMore()) return;
    if (this.waiting.length < MAX_WAITING) {
      this.waiting.push(revocation);
      this.notify?.();
      return;
    }
    this.behindAt = this.waiting.at(-1)?.cursor;
    this.watch?.stop();
    this.watch = undefined;
  }

  /** Resolves to the next step when there may be one. */
  private later(): Promise<Step> {
    if (this.behindAt !== undefined) return this.catchUp(this.behindAt).then(() => this.next());
    const before = this.notify;
    return new Promise((resolve) => {
      this.notify = () => {
        this.notify = undefined;
        before?.();
        resolve(this.next());
      };
    });
  }

  private async catchUp(after: string): Promise<void> {
    try {
      await this.follow(after);
    } catch (error) {
      this.close();
      throw error;
    }
  }
}

const OVER = { done: true, value: undefined } as const;
