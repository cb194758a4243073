-- Makes the index of a partition anew from its records, where something that is no index is in its place.
--
-- KEYS  1 index, 2 revocations
-- ARGV  1 record key prefix, 2 now, 3, 4, … ids of all records
-- Gives the number of sessions in the index, or -1 where there is an index.
-- Atomic: nobody sees an index that lacks a session. What is no record counts as expired.
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
