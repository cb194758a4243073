-- Rebuilds the index of a partition from its records if the index key holds a value of another type.
--
-- KEYS    1 partition index, 2 partition revocations
-- ARGV    1 record key prefix, 2 now (ms), 3… ids of all records
-- RETURNS number of sessions in the index, or -1 if the index was intact
-- ATOMIC  No reader sees an incomplete index. An unreadable record counts as expired.
--#include _record

local found = redis.pcall('ZCARD', KEYS[1])
if type(found) == 'number' then return -1 end
redis.call('DEL', KEYS[1])
local last = now
for position = 3, #ARGV do
  local record = read_record(load_packed(ARGV[position]))
  local expiry = record and record[EXPIRES_AT] or now
  redis.call('ZADD', KEYS[1], expiry, ARGV[position])
  last = math.max(last, expiry)
end
redis.call('PEXPIRE', KEYS[1], last - now + RECORD_RETENTION)
return #ARGV - 2
