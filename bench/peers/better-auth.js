import { redisStorage } from '@better-auth/redis-storage';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { Redis } from 'ioredis';

/**
 * Better Auth with Redis as secondary storage. Its database, which it cannot do without, is in memory:
 * no database that an application would use is faster. Its rate limits are off, as ours are here.
 */
export function createAuth(options) {
  return betterAuth({
    baseURL: 'http://127.0.0.1',
    secret: 'a secret of the benchmark, of more than 32 characters',
    database: memoryAdapter({
      user: [],
      session: [],
      account: [],
      verification: [],
      walletAddress: [],
    }),
    secondaryStorage: redisStorage({ client: new Redis(process.env.REDIS_URL) }),
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' },
    ...options,
  });
}

/** Makes a user with a session, and gives the cookies that stand for it. */
export async function signUp(auth) {
  const { headers } = await auth.api.signUpEmail({
    body: { email: 'ada@example.com', password: 'a long password', name: 'Ada' },
    returnHeaders: true,
  });
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
