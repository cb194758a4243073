import { WalletSessionsError } from '../errors.js';
import type { Revocation, Session } from '../sessions/session.js';
import type { Watch } from '../sessions/store.js';
import { currentSession } from './authorization.js';
import { badUserInput } from './errors.js';
import type { RequestContext } from './context.js';

/**
 * How many revocations may wait for a consumer. Those after them are read from the store when the consumer has
 * taken these: a client that does not read costs no more than this, and misses nothing.
 */
export const MAX_WAITING = 16;

type Step = IteratorResult<Revocation, undefined>;

/**
 * The revocations of the wallet as a stream, which ends after that of the session that listens. Its
 * consumer asks for what follows only when it has sent what came before, so the end of the stream
 * tells the transport that the session's own revocation is on its way.
 */
export async function openRevocationStream(
  scope: RequestContext,
  after: string | undefined,
): Promise<AsyncIterableIterator<Revocation>> {
  const session = currentSession(scope);
  const stream = new RevocationStream(scope, session);
  try {
    await stream.follow(after);
    // The session may have ended after it was validated and before its end could be heard.
    if ((await scope.sessions.resume(session)) === undefined)
      throw new WalletSessionsError('UNAUTHENTICATED');
    return stream;
  } catch (error) {
    stream.close();
    throw error instanceof RangeError ? badUserInput(`"after": ${error.message}`) : error;
  }
}

/** A class, so that all streams share its methods: an instance has tens of thousands of them. */
class RevocationStream implements AsyncIterableIterator<Revocation> {
  private readonly waiting: Revocation[] = [];
  /** Where to go on in the store, once a revocation came that found no room. */
  private behindAt: string | undefined = undefined;
  private isLast = false;
  private isOver = false;
  private watch: Watch | undefined = undefined;
  /** Continues what waits for a change of the above. */
  private notify: (() => void) | undefined = undefined;
  private tellEnd: (() => void) | undefined = undefined;

  constructor(
    private readonly scope: RequestContext,
    private readonly session: Session,
  ) {
    scope.closeAfter?.(new Promise((resolve) => (this.tellEnd = resolve)));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Not async, which would cost more while it waits: almost all streams wait almost always. */
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

  /** @throws RangeError from the promise, for an invalid cursor */
  async follow(after: string | undefined): Promise<void> {
    this.behindAt = undefined;
    const hear = (revocation: Revocation) => {
      this.hear(revocation);
    };
    const watch = await this.scope.sessions.watch(this.session, hear, after);
    if (this.takesMore()) this.watch = watch;
    else watch.stop();
  }

  close(): void {
    this.isOver = true;
    this.waiting.length = 0;
    this.watch?.stop();
    this.watch = undefined;
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

  /** The next step, when there may be one. */
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
