-- Rebuilds the index of a partition from its records if the index key holds a value of another type.
--
-- KEYS    1 partition index, 2 partition revocations, 3… all records
-- ARGV    1 now (ms)
-- RETURNS number of sessions in the index, or -1 if the index was intact
-- ATOMIC  No reader sees an incomplete index. An unreadable record counts as expired.
--#include _partition

local found = redis.pcall('ZCARD', KEYS[1])
if type(found) == 'number' then return -1 end
redis.call('DEL', KEYS[1])
local last = now
for _, id in ipairs(declared) do
  local record = read_record(load_packed(names[id]))
  local expiry = record and record[EXPIRES_AT] or now
  redis.call('ZADD', KEYS[1], expiry, id)
  last = math.max(last, record and record[ABSOLUTE_EXPIRES_AT] or now)
end
redis.call('PEXPIRE', KEYS[1], last - now + RECORD_RETENTION)
return #declared
