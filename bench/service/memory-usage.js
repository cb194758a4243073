/** Bytes by what keys are for, as `MEMORY USAGE` tells them, and all that Redis uses. */
export async function memoryUsage(client) {
  const byKind = new Map();
  let cursor = '0';
  do {
    const [next, ...found] = await client.eval(MEASURE, 0, cursor);
    for (const [kind, bytes] of found) byKind.set(kind, (byKind.get(kind) ?? 0) + bytes);
    cursor = next;
  } while (cursor !== '0');
  const [, used] = /used_memory:(\d+)/.exec(await client.info('memory'));
  return { byKind, used: Number(used) };
}

/**
 * A kind is the name of a key without its partition and, at its end, without an id; `expiring` is what tells when
 * sessions expire, by shard (of which a copy has another name) and minute.
 */
const MEASURE = `
local reply = redis.call('SCAN', ARGV[1], 'COUNT', 1000)
local kinds = {}
for _, key in ipairs(reply[2]) do
  local kind = key:gsub('^.*%b{}:', ''):gsub(':[%w_-]+$', function(last)
    return #last > 20 and '' or last
  end)
  if key:find('ring:%d+}') then kind = 'expiring' end
  kinds[kind] = (kinds[kind] or 0) + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0)
end
local result = { reply[1] }
for kind, bytes in pairs(kinds) do result[#result + 1] = { kind, bytes } end
return result`;
