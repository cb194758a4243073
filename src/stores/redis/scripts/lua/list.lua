-- Reads all unexpired sessions of a partition.
--
-- KEYS    1 partition index, 2 partition revocations
-- ARGV    1 record key prefix, 2 now (ms)
-- RETURNS { id, packed record, id, packed record, … }
-- ATOMIC  Read-only, one point in time.
--#include _append

local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf')) do
  append(found, id)
end
return found
