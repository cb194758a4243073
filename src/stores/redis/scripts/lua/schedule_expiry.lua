-- Schedules a check of partitions for the minute in which one of their sessions may have expired.
--
-- KEYS    1 partitions of the minute, 2 scheduled minutes (same hash tag)
-- ARGV    1 minute, 2 TTL of both keys (ms), 3… partitions
-- RETURNS 1
-- ATOMIC  A list of partitions always has an entry among the minutes, and both keys always have a TTL.
--#include _write

local length = write('LPUSH', KEYS[1], unpack(ARGV, 3))
-- A list that existed before has its entry and its TTL.
if length > #ARGV - 2 then return 1 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
write('ZADD', KEYS[2], ARGV[1], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1
