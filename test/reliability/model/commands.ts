import fc from 'fast-check';
import { partitionOf } from '../../../src/session/wallet.js';
import {
  aliveOf,
  end,
  expiredOf,
  isAlive,
  pick,
  POLICY,
  type Model,
  type ModelSession,
  type Real,
} from './model.js';

type Command = fc.AsyncCommand<Model, Real>;

/** A command is what it does to the model, what it does to the service, and that both agree. */
const command = (name: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

/** A command on a session, be it alive or ended, of those that there were. */
const onSession = (
  name: string,
  index: number,
  run: (model: Model, real: Real, session: ModelSession) => Promise<void>,
): Command =>
  command(`${name} ${index}`, async (model, real) => {
    const session = pick(model.sessions, index);
    if (session !== undefined) await run(model, real, session);
  });

const refused = (code: string) => expect.objectContaining({ code }) as unknown;

const create = (index: number) =>
  command(`create ${index}`, async (model, { sessions, clock }) => {
    const wallet = pick(model.wallets, index);
    if (wallet === undefined) return;
    // No two sessions are of one age.
    clock.advance(1);
    model.now += 1;
    const { session, accessToken, refreshToken } = await sessions.create(
      { wallet, chainId: 1 },
      {},
    );
    end(model, expiredOf(model, wallet));
    const alive = aliveOf(model, wallet).sort((a, b) => a.createdAt - b.createdAt);
    end(model, alive.slice(0, Math.max(0, alive.length - POLICY.limit + 1)));
    const absoluteExpiresAt = model.now + POLICY.absoluteTimeout;
    model.sessions.push({
      id: session.id,
      wallet,
      createdAt: model.now,
      expiresAt: Math.min(model.now + POLICY.timeout, absoluteExpiresAt),
      absoluteExpiresAt,
      rotatedAt: model.now,
      pairs: [{ access: accessToken, refresh: refreshToken }],
      ended: false,
    });
  });

const validate = (index: number, age: number) =>
  onSession(`validate (age ${age})`, index, async (model, { sessions }, session) => {
    const isCurrent = age % session.pairs.length === 0;
    const token = session.pairs.at(-1 - (age % session.pairs.length))?.access;
    const found = await sessions.validate(token, { ipAddress: '192.0.2.1' });
    await sessions.lastSeen.settled();
    expect(found?.id).toBe(isCurrent && isAlive(model, session) ? session.id : undefined);
  });

const refresh = (index: number, age: number) =>
  onSession(`refresh (age ${age})`, index, async (model, { sessions }, session) => {
    const back = age % session.pairs.length;
    const token = session.pairs.at(-1 - back)?.refresh ?? '';
    const outcome = sessions.refresh(token, {});
    const isRepetition = back === 1 && model.now < session.rotatedAt + POLICY.refreshGrace;
    if (!isAlive(model, session)) {
      await expect(outcome).rejects.toEqual(refused('REFRESH_TOKEN_INVALID'));
    } else if (back === 0) {
      const { accessToken, refreshToken } = await outcome;
      session.pairs.push({ access: accessToken, refresh: refreshToken });
      session.rotatedAt = model.now;
      session.expiresAt = Math.min(model.now + POLICY.timeout, session.absoluteExpiresAt);
    } else if (isRepetition) {
      const { accessToken: access, refreshToken } = await outcome;
      expect({ access, refresh: refreshToken }).toEqual(session.pairs.at(-1));
    } else {
      await expect(outcome).rejects.toEqual(refused('REFRESH_TOKEN_INVALID'));
      end(model, [session]);
    }
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
    const outcome = sessions.revoke(session.wallet, session.id, 'LOGOUT', {});
    if (isAlive(model, session)) expect((await outcome).sessionId).toBe(session.id);
    else await expect(outcome).rejects.toEqual(refused('SESSION_NOT_FOUND'));
    if (!session.ended) end(model, [session]);
  });

const revokeAll = (index: number, keeping: boolean) =>
  onSession(keeping ? 'revoke all but' : 'revoke all', index, async (model, real, session) => {
    const kept = keeping ? session : undefined;
    const others = (sessions: readonly ModelSession[]) => sessions.filter((one) => one !== kept);
    const id = kept === undefined ? undefined : (kept.id as never);
    const ended = await real.sessions.revokeAll(session.wallet, id, 'LOGOUT_ALL', {});
    const expected = others(aliveOf(model, session.wallet));
    expect(ended.map(({ sessionId }) => String(sessionId)).sort()).toEqual(
      expected.map((one) => one.id).sort(),
    );
    end(model, [...expected, ...others(expiredOf(model, session.wallet))]);
  });

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

/** Times on either side of the grace, the idle timeout and the absolute one. */
const duration = fc.constantFrom(
  1,
  10_000,
  29_999,
  30_000,
  300_000,
  1_800_000,
  3_599_999,
  3_600_000,
);

export const anyCommand: fc.Arbitrary<Command>[] = [
  index.map(create),
  fc.tuple(index, age).map(([of, old]) => validate(of, old)),
  fc.tuple(index, age).map(([of, old]) => refresh(of, old)),
  index.map((of) => refresh(of, 0)),
  index.map(forge),
  index.map(revoke),
  fc.tuple(index, fc.boolean()).map(([of, keeping]) => revokeAll(of, keeping)),
  index.map(list),
  index.map(expire),
  duration.map(pass),
];
