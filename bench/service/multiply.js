/**
 * Copies whole partitions under other names inside Redis, keys, values and times to live alike, until
 * there are `factor` times as many. They cost what the originals cost, and nobody has a token for them;
 * a million sessions are there in seconds.
 */
export async function multiply(client, factor) {
  const names = [];
  for await (const batch of client.scanStream({ match: '*{*}*', count: 1000 }))
    names.push(...batch);
  for (let copy = 1; copy < factor; copy += 1) {
    for (let start = 0; start < names.length; start += BATCH) {
      const batch = names.slice(start, start + BATCH);
      await client.eval(COPY, batch.length, ...batch, `.${String(copy).padStart(3, '0')}`);
    }
  }
}

const BATCH = 1000;

/**
 * The name of a partition is its hash tag. Its first four characters become the number of the copy, with a
 * full stop, which no real name has.
 */
const COPY = `
for _, key in ipairs(KEYS) do
  redis.call('COPY', key, (key:gsub('{....', '{' .. ARGV[1], 1)))
end`;
