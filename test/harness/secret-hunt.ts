import type { Redis } from 'ioredis';

/** A search for secrets in everything that was written. */
export interface SecretHunt {
  /** Adds a secret to search for, in every form in which it could be written. */
  issued(what: string, secret: string): void;
  /** Adds written data to search in. */
  wrote(where: string, written: string | Buffer): void;
  /** The secrets found, each as "what in where", never the secret itself. */
  findings(): string[];
  readonly count: { readonly secrets: number; readonly places: number };
}

export function createSecretHunt(): SecretHunt {
  const secrets: { what: string; forms: string[] }[] = [];
  const places: { where: string; written: string }[] = [];
  return {
    issued(what, secret) {
      secrets.push({ what, forms: formsOf(secret) });
    },
    wrote(where, written) {
      places.push({ where, written: Buffer.from(written as string).toString('latin1') });
    },
    findings() {
      const found = new Set<string>();
      for (const { where, written } of places) {
        for (const { what, forms } of secrets) {
          if (forms.some((form) => written.includes(form))) found.add(`${what} in ${where}`);
        }
      }
      return [...found];
    },
    get count() {
      return { secrets: secrets.length, places: places.length };
    },
  };
}

/** The secret, the random part of a token, and the decoded bytes, raw and in hex. */
function formsOf(secret: string): string[] {
  const random = /^ws[ar]_[\w-]{40,44}([\w-]{43,64})$/.exec(secret)?.[1];
  const hexadecimal = /^(?:0x)?([0-9a-f]{32,})$/i.exec(secret)?.[1];
  const bytes =
    hexadecimal === undefined
      ? Buffer.from(random ?? secret, 'base64')
      : Buffer.from(hexadecimal, 'hex');
  return [secret, random, hexadecimal, bytes.toString('latin1'), bytes.toString('hex')].filter(
    (form) => form !== undefined,
  );
}

/** All keys and values in a Redis. */
export async function contentsOf(redis: Redis): Promise<Buffer[]> {
  const contents: Buffer[] = [];
  for (const name of await redis.keys('*')) {
    contents.push(Buffer.from(name), ...(await valuesOf(redis, name)));
  }
  return contents;
}

async function valuesOf(redis: Redis, name: string): Promise<Buffer[]> {
  const type = await redis.type(name);
  switch (type) {
    case 'string':
      return [(await redis.getBuffer(name)) ?? Buffer.alloc(0)];
    case 'zset':
      return redis.zrangeBuffer(name, '0', '-1');
    case 'hash':
      return Object.entries(await redis.hgetallBuffer(name)).flatMap(([field, value]) => [
        Buffer.from(field),
        value,
      ]);
    case 'set':
      return redis.smembersBuffer(name);
    case 'list':
      return redis.lrangeBuffer(name, 0, -1);
    case 'stream':
      return (await redis.xrangeBuffer(name, '-', '+')).flatMap(([id, fields]) => [id, ...fields]);
    default:
      // The key has expired meanwhile.
      if (type === 'none') return [];
      throw new Error(`Values of type ${type} are not supported.`);
  }
}
