-- Reads all sessions of a partition that have not expired.
--
-- KEYS  1 index, 2 revocations
-- ARGV  1 record key prefix, 2 now
-- Gives { id, packed record, id, packed record, … }
-- Atomic, and changes nothing.

local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf')) do
  local packed = redis.pcall('GET', ARGV[1] .. id)
  if packed then
    found[#found + 1] = id
    -- What is no string is no record, but there.
    found[#found + 1] = type(packed) == 'string' and packed or ''
  end
end
return found
