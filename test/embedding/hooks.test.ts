import { WalletSessionsError } from '../../src/errors.js';
import type { AuditEvent } from '../../src/audit/events.js';
import type { WalletSessions, WalletSessionsOptions } from '../../src/core/wallet-sessions.js';
import type { SignInAttempt } from '../../src/sign-in/hooks.js';
import { embedWalletSessions, signInTo } from '../harness/application.js';
import { createFakeClock } from '../harness/clock.js';
import { aWallet } from '../harness/wallet.js';

const HOUR = 60 * 60_000;

describe('the hooks of an application', () => {
  let walletSessions: WalletSessions | undefined;
  afterEach(() => walletSessions?.close());

  async function embed(options: Partial<WalletSessionsOptions>): Promise<WalletSessions> {
    walletSessions = await embedWalletSessions('embedded', options);
    return walletSessions;
  }

  describe('the hook onSignIn', () => {
    it('lets onSignIn refuse a sign-in, sends its message, creates no session and audits the refusal', async () => {
      const wallet = aWallet();
      const audited: AuditEvent[] = [];
      const { sessions, signIn } = await embed({
        audit: (event) => audited.push(event),
        hooks: {
          onSignIn({ wallet: signing }) {
            if (signing === wallet.account) {
              throw new WalletSessionsError('SIGN_IN_REFUSED', 'This wallet is not invited.');
            }
          },
        },
      });
      await expect(signInTo({ signIn }, wallet)).rejects.toMatchObject({
        code: 'SIGN_IN_REFUSED',
        message: 'This wallet is not invited.',
      });
      expect(await sessions.list(wallet.account)).toEqual([]);
      expect(audited.at(-1)).toMatchObject({
        type: 'sign-in.refused',
        wallet: wallet.account,
        reason: 'SIGN_IN_REFUSED',
      });
      await signInTo({ signIn });
    });

    it('awaits onSignIn and prevents the sign-in when it fails', async () => {
      const wallet = aWallet();
      const { sessions, signIn } = await embed({
        hooks: { onSignIn: () => Promise.reject(new Error('The directory is down.')) },
      });
      await expect(signInTo({ signIn }, wallet)).rejects.toThrow('The directory is down.');
      expect(await sessions.list(wallet.account)).toEqual([]);
    });

    it('calls onSignIn with the linked user only after the signature was verified', async () => {
      const asked: unknown[] = [];
      const { signIn } = await embed({
        hooks: {
          linkUser: () => Promise.resolve('user-1'),
          onSignIn: (attempt) => void asked.push(attempt),
        },
      });
      const wallet = aWallet();
      const stranger = aWallet();
      const { message = '' } = await signIn.createChallenge({ account: wallet.account }, {});
      const forged = { message, signature: await stranger.sign(message) };
      await expect(signIn.complete(forged, {})).rejects.toMatchObject({
        code: 'SIGNATURE_INVALID',
      });
      expect(asked).toEqual([]);
      await signInTo({ signIn }, wallet);
      expect(asked).toEqual([
        expect.objectContaining({ wallet: wallet.account, chainId: 'eip155:1', userId: 'user-1' }),
      ]);
    });
  });

  it('passes the typed request of the application to its hooks', async () => {
    const paths: (string | undefined)[] = [];
    const { signIn, close } = await embedWalletSessions('embedded', {
      hooks: {
        onSignIn: ({ request }: SignInAttempt<{ readonly path: string }>) => {
          paths.push(request?.path);
        },
      },
    });
    const wallet = aWallet();
    const { message = '' } = await signIn.createChallenge({ account: wallet.account }, {});
    const signed = { message, signature: await wallet.sign(message) };
    // @ts-expect-error A request of another server.
    await signIn.complete({ ...signed, request: { url: '/' }, signature: '' }, {}).catch(() => {});
    await signIn.complete({ ...signed, request: { path: '/sign-in' } }, {});
    expect(paths).toEqual(['/sign-in']);
    await close();
  });

  describe('the hook linkUser', () => {
    it('links a session for its lifetime to the user that linkUser returns', async () => {
      const clock = createFakeClock();
      const { sessions, signIn } = await embed({ clock, hooks: { linkUser: () => 'user-1' } });
      const { session, accessToken, refreshToken } = await signInTo({ signIn });
      expect(session.userId).toBe('user-1');
      clock.advance(HOUR);
      expect(await sessions.validate(accessToken, { ipAddress: '203.0.113.9' })).toMatchObject({
        userId: 'user-1',
      });
      await sessions.lastSeen.flush();
      const refreshed = await sessions.refresh(refreshToken, {});
      expect(refreshed.session.userId).toBe('user-1');
      expect((await sessions.list(session.wallet))[0]?.userId).toBe('user-1');
    });

    it.each([undefined, null])(
      'leaves a session unlinked when linkUser returns %s',
      async (nobody) => {
        const { signIn } = await embed({ hooks: { linkUser: () => nobody } });
        expect((await signInTo({ signIn })).session.userId).toBeUndefined();
      },
    );

    it('prevents the sign-in when linkUser returns something other than a string', async () => {
      const wallet = aWallet();
      const { sessions, signIn } = await embed({ hooks: { linkUser: () => 7 as never } });
      await expect(signInTo({ signIn }, wallet)).rejects.toThrow(/linkUser must return a string/);
      expect(await sessions.list(wallet.account)).toEqual([]);
    });
  });

  describe('the audit option', () => {
    const mistake = new Error('The table is locked.');

    it.each<[string, () => unknown]>([
      [
        'throws',
        () => {
          throw mistake;
        },
      ],
      ['rejects', () => Promise.reject(mistake)],
    ])('reports an error and changes no outcome when the audit option %s', async (_how, audit) => {
      const reported: unknown[] = [];
      const { sessions, signIn } = await embed({ audit, report: (error) => reported.push(error) });
      const { session } = await signInTo({ signIn });
      await sessions.revoke({
        wallet: session.wallet,
        sessionId: session.id,
        reason: 'LOGOUT',
        source: {},
      });
      expect(reported.length).toBeGreaterThan(2);
      expect(new Set(reported)).toEqual(new Set([mistake]));
    });
  });

  describe('the hooks onSessionCreated, onRefreshed and onRevoked', () => {
    it('calls onSessionCreated, onRefreshed and onRevoked once for each change', async () => {
      const told: unknown[] = [];
      const { sessions, signIn } = await embed({
        hooks: {
          onSessionCreated: ({ sessionId }) => void told.push(['created', sessionId]),
          onRefreshed: ({ sessionId }) => void told.push(['refreshed', sessionId]),
          onRevoked: ({ sessionId, reason }) => void told.push([reason, sessionId]),
        },
      });
      const { session, refreshToken } = await signInTo({ signIn });
      await sessions.refresh(refreshToken, {});
      await sessions.refresh(refreshToken, {});
      await sessions.revoke({
        wallet: session.wallet,
        sessionId: session.id,
        reason: 'LOGOUT',
        source: {},
      });
      expect(told).toEqual([
        ['created', session.id],
        ['refreshed', session.id],
        ['LOGOUT', session.id],
      ]);
    });

    it('passes the wallet to onRevoked for every reason', async () => {
      const clock = createFakeClock();
      const ends: unknown[] = [];
      const { sessions, signIn } = await embed({
        clock,
        sessions: { limit: 1 },
        hooks: { onRevoked: ({ wallet, reason }) => void ends.push([wallet, reason]) },
      });
      const wallet = aWallet();
      await signInTo({ signIn }, wallet);
      const { refreshToken } = await signInTo({ signIn }, wallet);
      const { accessToken } = await sessions.refresh(refreshToken, {});
      await sessions.authenticate(accessToken);
      clock.advance(60_000);
      await expect(sessions.refresh(refreshToken, {})).rejects.toThrow();
      await signInTo({ signIn }, wallet);
      clock.advance(3 * HOUR);
      const { session } = await signInTo({ signIn }, wallet);
      await sessions.revokeAll({ wallet: session, reason: 'ADMIN', source: {} });
      const reasons = ['LIMIT_EXCEEDED', 'TOKEN_REUSE', 'EXPIRED', 'ADMIN'];
      expect(ends).toEqual(reasons.map((reason) => [wallet.account, reason]));
    });

    it('neither delays nor undoes a change when its hook throws, rejects or never settles', async () => {
      const reported: unknown[] = [];
      const { sessions, signIn } = await embed({
        report: (error) => reported.push(error),
        hooks: {
          onSessionCreated: () => {
            throw new Error('created');
          },
          onRefreshed: () => Promise.reject(new Error('refreshed')),
          onRevoked: () => new Promise(() => {}),
        },
      });
      const { session, refreshToken } = await signInTo({ signIn });
      await sessions.refresh(refreshToken, {});
      await sessions.revoke({
        wallet: session.wallet,
        sessionId: session.id,
        reason: 'LOGOUT',
        source: {},
      });
      expect(await sessions.list(session.wallet)).toEqual([]);
      expect(reported).toEqual([new Error('created'), new Error('refreshed')]);
    });
  });
});
