-- Puts a partition down, to be looked at when one of its sessions may have expired.
--
-- KEYS  1 the partitions of that minute, 2 the minutes (both share one hash tag)
-- ARGV  1 partition, 2 minute, 3 how long to keep both (ms)
-- Gives 1
-- Atomic: no minute has partitions without being among the minutes, and neither is without a TTL.
--#include _write

write('LPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
write('ZADD', KEYS[2], ARGV[2], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return 1
