import type { Redis } from 'ioredis';

/** Secrets by what they are, and the places that they are looked for in. */
export interface SecretHunt {
  /** Notes a secret, in every form that it could be written in. */
  issued(what: string, secret: string): void;
  /** Notes something that was written. */
  wrote(where: string, written: string | Buffer): void;
  /** Each secret that was found, as "what in where"; never the secret itself. */
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

/** As it is; the random part of a token alone; and the bytes that either stands for, raw and in hex. */
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

/** Everything in a Redis, a name and a value at a time. */
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
      // It expired on the way.
      if (type === 'none') return [];
      throw new Error(`There is no look yet into a value of type ${type}.`);
  }
}
