-- Schedules a check of a partition for the minute in which one of its sessions may have expired.
--
-- KEYS    1 partitions of the minute, 2 scheduled minutes (same hash tag)
-- ARGV    1 partition, 2 minute, 3 TTL of both keys (ms)
-- RETURNS 1
-- ATOMIC  A list of partitions always has an entry among the minutes, and both keys always have a TTL.
--#include _write

write('LPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
write('ZADD', KEYS[2], ARGV[2], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return 1
