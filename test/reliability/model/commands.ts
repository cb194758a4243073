import fc from 'fast-check';
import type { Session } from '../../../src/sessions/session.js';
import { partitionOf } from '../../../src/accounts/wallet.js';
import {
  aliveOf,
  end,
  expiredOf,
  isAlive,
  mayEnd,
  pick,
  pickSession,
  POLICY,
  type Model,
  type ModelSession,
  type Real,
} from './model.js';

type Command = fc.AsyncCommand<Model, Real>;

const MINUTE = 60_000;

/** A command changes the model and the service and asserts that both agree. */
const command = (name: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

/** A command on any session so far, live or ended. */
const onSession = (
  name: string,
  index: number,
  run: (model: Model, real: Real, session: ModelSession) => Promise<void>,
): Command =>
  command(`${name} ${index}`, async (model, real) => {
    const session = pickSession(model, index);
    if (session !== undefined) await run(model, real, session);
  });

const refused = (code: string) => expect.objectContaining({ code }) as unknown;

const create = (index: number, logoutOthers: boolean) =>
  command(`create ${index}${logoutOthers ? ' alone' : ''}`, async (model, { sessions, clock }) => {
    const wallet = pick(model.wallets, index);
    if (wallet === undefined) return;
    // Gives each session its own creation time.
    clock.advance(1);
    model.now += 1;
    const { session, accessToken, refreshToken } = await sessions.create(
      { wallet, chainId: 'eip155:1', logoutOthers },
      {},
    );
    end(model, expiredOf(model, wallet));
    // Sessions that expire at the same time are ordered by id.
    const alive = aliveOf(model, wallet).sort(
      (a, b) => a.expiresAt - b.expiresAt || (a.id < b.id ? -1 : 1),
    );
    end(model, logoutOthers ? alive : alive.slice(0, Math.max(0, alive.length - POLICY.limit + 1)));
    const absoluteExpiresAt = model.now + POLICY.absoluteTimeout;
    model.sessions.push({
      id: session.id,
      wallet,
      createdAt: model.now,
      authenticatedAt: model.now,
      expiresAt: Math.min(model.now + POLICY.timeout, absoluteExpiresAt),
      absoluteExpiresAt,
      rotatedAt: model.now,
      exchanged: 0,
      used: true,
      pairs: [{ access: accessToken, refresh: refreshToken }],
      ended: false,
    });
  });

const validate = (index: number, age: number) =>
  onSession(`validate (age ${age})`, index, async (model, { sessions }, session) => {
    const isCurrent = age % session.pairs.length === 0;
    const token = session.pairs.at(-1 - (age % session.pairs.length))?.access;
    const found = await sessions.validate(token, { ipAddress: '192.0.2.1' });
    await sessions.lastSeen.flush();
    const isLetIn = isCurrent && isAlive(model, session);
    expect(found?.id).toBe(isLetIn ? session.id : undefined);
    if (isLetIn) session.used = true;
  });

function passTo(model: Model, { clock }: Real, time: number): void {
  if (time <= model.now) return;
  clock.advance(time - model.now);
  model.now = time;
}

/** Advances the clock to a minute before an expiry of a session, or to the expiry. */
const passToExpiry = (index: number, border: 'expiresAt' | 'absoluteExpiresAt', after: boolean) =>
  onSession(`time passes to ${after ? 'after' : 'before'} ${border}`, index, (model, real, of) => {
    passTo(model, real, of[border] - (after ? 0 : MINUTE));
    return Promise.resolve();
  });

/** Refreshes with the token that is `back` exchanges old. */
async function refreshWith(model: Model, { sessions }: Real, session: ModelSession, back: number) {
  // Redis measures TTLs in real time: no session gets less time than the test takes.
  if (isAlive(model, session) && session.absoluteExpiresAt - model.now < MINUTE / 2) return;
  const token = session.pairs.at(-1 - back)?.refresh ?? '';
  const outcome = sessions.refresh(token, {});
  const current = session.pairs.length - 1;
  const presented = current - back;
  const isWithinGrace = model.now < session.rotatedAt + POLICY.refreshGrace;
  const wasReplaced = back === 1 && session.exchanged < presented;
  const wasExchanged = presented === session.exchanged;
  if (!isAlive(model, session)) {
    await expect(outcome).rejects.toEqual(refused('REFRESH_TOKEN_INVALID'));
  } else if (back > 0 && isWithinGrace && (wasExchanged || wasReplaced)) {
    const { accessToken: access, refreshToken } = await outcome;
    expect({ access, refresh: refreshToken }).toEqual(session.pairs.at(-1));
  } else if (back === 0 || (wasExchanged && !session.used)) {
    const { accessToken, refreshToken } = await outcome;
    expect(session.pairs.map(({ refresh }) => refresh)).not.toContain(refreshToken);
    session.pairs.push({ access: accessToken, refresh: refreshToken });
    session.rotatedAt = model.now;
    session.exchanged = presented;
    session.used = false;
    session.expiresAt = Math.min(model.now + POLICY.timeout, session.absoluteExpiresAt);
  } else {
    await expect(outcome).rejects.toEqual(refused('REFRESH_TOKEN_INVALID'));
    end(model, [session]);
  }
}

const refresh = (index: number, age: number) =>
  onSession(`refresh (age ${age})`, index, (model, real, session) =>
    refreshWith(model, real, session, age % session.pairs.length),
  );

/**
 * A refresh whose answer is lost, or whose tokens are used, and its repetition, in the last millisecond of the grace period
 * or the first one after it.
 */
const repeat = (index: number, late: boolean, isLost: boolean) =>
  onSession(
    `refresh${isLost ? '' : ', use'} and repeat ${late ? 'after' : 'within'} the grace`,
    index,
    async (model, real, of) => {
      await refreshWith(model, real, of, 0);
      if (!isAlive(model, of) || of.pairs.length < 2) return;
      if (!isLost) {
        await real.sessions.authenticate(of.pairs.at(-1)?.access ?? '');
        of.used = true;
      }
      passTo(model, real, of.rotatedAt + POLICY.refreshGrace - (late ? 0 : 1));
      await refreshWith(model, real, of, 1);
    },
  );

/** A refresh with any recent token, in the first millisecond after the grace of the last exchange. */
const repeatLate = (index: number, age: number) =>
  onSession(`refresh (age ${age}) after the grace`, index, async (model, real, of) => {
    passTo(model, real, of.rotatedAt + POLICY.refreshGrace);
    await refreshWith(model, real, of, age % of.pairs.length);
  });

const forge = (index: number) =>
  onSession('refresh with a forged token', index, async (_model, { sessions }, session) => {
    const token = session.pairs.at(-1)?.refresh ?? '';
    const at = token.length - 30;
    const forged = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    await expect(sessions.refresh(forged, {})).rejects.toEqual(refused('REFRESH_TOKEN_INVALID'));
  });

const revoke = (index: number) =>
  onSession('revoke', index, async (model, { sessions }, session) => {
    const outcome = sessions.revoke({
      wallet: session.wallet,
      sessionId: session.id,
      reason: 'LOGOUT',
      source: {},
    });
    if (isAlive(model, session)) expect((await outcome).sessionId).toBe(session.id);
    else await expect(outcome).rejects.toEqual(refused('SESSION_NOT_FOUND'));
    if (!session.ended) end(model, [session]);
  });

const revokeAll = (index: number, keeping: boolean) =>
  onSession(keeping ? 'revoke all but' : 'revoke all', index, async (model, real, session) => {
    const kept = keeping ? session : undefined;
    const others = (sessions: readonly ModelSession[]) => sessions.filter((one) => one !== kept);
    const id = kept === undefined ? undefined : (kept.id as never);
    const ended = await real.sessions.revokeAll({
      wallet: session.wallet,
      keepSessionId: id,
      reason: 'LOGOUT_ALL',
      source: {},
    });
    const expected = others(aliveOf(model, session.wallet));
    expect(ended.map(({ sessionId }) => String(sessionId)).sort()).toEqual(
      expected.map((one) => one.id).sort(),
    );
    end(model, [...expected, ...others(expiredOf(model, session.wallet))]);
  });

/** As the face of a service has it, whose session was validated by a token. */
const asSession = ({ id, wallet, authenticatedAt }: ModelSession) =>
  ({ id, wallet, authenticatedAt }) as unknown as Session;

const reauthenticate = (index: number) =>
  onSession('reauthenticate', index, async (model, { sessions }, session) => {
    const found = await sessions.resume(asSession(session));
    expect(found?.id).toBe(isAlive(model, session) ? session.id : undefined);
    if (found === undefined) return;
    await sessions.reauthenticate(found, {});
    session.authenticatedAt = model.now;
  });

/** In the name of another session of the wallet, or of the same one. */
const logout = (byIndex: number, index: number) =>
  onSession(`logout by ${byIndex} of`, index, async (model, { sessions }, session) => {
    const by = pick(ofWallet(model, session), byIndex) ?? session;
    const outcome = sessions.logout(asSession(by), session.id, {});
    if (!isAlive(model, by)) {
      await expect(outcome).rejects.toEqual(refused('UNAUTHENTICATED'));
    } else if (isAlive(model, session) && !mayEnd(model, by, session)) {
      await expect(outcome).rejects.toEqual(refused('REAUTHENTICATION_REQUIRED'));
    } else {
      if (isAlive(model, session)) expect((await outcome).sessionId).toBe(session.id);
      else await expect(outcome).rejects.toEqual(refused('SESSION_NOT_FOUND'));
      if (!session.ended) end(model, [session]);
    }
  });

const logoutAll = (index: number, keepCurrent: boolean) =>
  onSession(`logout of all${keepCurrent ? ' but' : ' by'}`, index, async (model, real, by) => {
    const outcome = real.sessions.logoutAll(asSession(by), { keepCurrent }, {});
    const selected = aliveOf(model, by.wallet).filter((one) => !keepCurrent || one !== by);
    if (!isAlive(model, by)) {
      await expect(outcome).rejects.toEqual(refused('UNAUTHENTICATED'));
    } else if (selected.some((one) => !mayEnd(model, by, one))) {
      await expect(outcome).rejects.toEqual(refused('REAUTHENTICATION_REQUIRED'));
    } else {
      const ids = (await outcome).map(({ sessionId }) => String(sessionId)).sort();
      expect(ids).toEqual(selected.map(({ id }) => id).sort());
      end(model, [...selected, ...expiredOf(model, by.wallet)]);
    }
  });

const ofWallet = ({ sessions }: Model, { wallet }: ModelSession) =>
  sessions.filter((session) => session.wallet === wallet);

const list = (index: number) =>
  command(`list ${index}`, async (model, { sessions }) => {
    const wallet = pick(model.wallets, index);
    if (wallet === undefined) return;
    const expected = aliveOf(model, wallet).sort((a, b) => b.createdAt - a.createdAt);
    const listed = await sessions.list(wallet);
    expect(listed.map(({ id }) => String(id))).toEqual(expected.map(({ id }) => id));
  });

const expire = (index: number) =>
  command(`expire ${index}`, async (model, { store }) => {
    const wallet = pick(model.wallets, index);
    if (wallet === undefined) return;
    const { ended } = await store.sessions.expire(partitionOf(wallet), model.now);
    const expected = expiredOf(model, wallet);
    expect(ended.map(({ sessionId }) => String(sessionId)).sort()).toEqual(
      expected.map(({ id }) => id).sort(),
    );
    end(model, expected);
  });

const pass = (milliseconds: number) =>
  command(`${milliseconds} ms pass`, (model, { clock }) => {
    clock.advance(milliseconds);
    model.now += milliseconds;
    return Promise.resolve();
  });

const index = fc.nat({ max: 11 });
const age = fc.nat({ max: 3 });

const duration = fc.constantFrom(1, 10_000, 300_000, 1_800_000);
const border = fc.constantFrom('expiresAt' as const, 'absoluteExpiresAt' as const);

/** An entry that is listed twice is chosen twice as often, so that limits and boundaries are reached. */
export const anyCommand: fc.Arbitrary<Command>[] = [
  index.map((of) => create(of, false)),
  index.map((of) => create(of, false)),
  index.map((of) => create(of, false)),
  index.map((of) => create(of, true)),
  fc.tuple(index, age).map(([of, old]) => validate(of, old)),
  fc.tuple(index, age).map(([of, old]) => refresh(of, old)),
  index.map((of) => refresh(of, 0)),
  index.map((of) => refresh(of, 0)),
  index.map((of) => refresh(of, 1)),
  index.map(forge),
  index.map(revoke),
  fc.tuple(index, fc.boolean()).map(([of, keeping]) => revokeAll(of, keeping)),
  index.map(reauthenticate),
  fc.tuple(index, index).map(([by, of]) => logout(by, of)),
  fc.tuple(index, index).map(([by, of]) => logout(by, of)),
  fc.tuple(index, fc.boolean()).map(([by, keeping]) => logoutAll(by, keeping)),
  index.map(list),
  index.map(expire),
  duration.map(pass),
  fc.tuple(index, border, fc.boolean()).map(([of, which, after]) => passToExpiry(of, which, after)),
  fc.tuple(index, fc.boolean(), fc.boolean()).map(([of, late, isLost]) => repeat(of, late, isLost)),
  // The tokens of several answers in a row, any of which may be lost.
  fc.tuple(index, age).map(([of, old]) => repeatLate(of, old)),
];
