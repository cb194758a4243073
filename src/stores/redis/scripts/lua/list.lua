-- Reads all sessions of a partition that have not expired.
--
-- KEYS  1 index, 2 revocations
-- ARGV  1 record key prefix, 2 now
-- Gives { id, packed record, id, packed record, … }
-- Atomic, and changes nothing.
--#include _append

local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf')) do
  append(found, id)
end
return found
