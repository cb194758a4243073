import type { Redis } from 'ioredis';

/** The fields of a section of `INFO`. */
export async function infoOf(server: Redis, section: string): Promise<ReadonlyMap<string, string>> {
  const text = await server.info(section);
  return new Map(
    Array.from(text.matchAll(/^([^#:\r\n]+):([^\r\n]*)/gm), ([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}
