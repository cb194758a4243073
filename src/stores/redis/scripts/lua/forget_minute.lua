-- Forgets the partitions of a minute, once all of them were looked at.
--
-- KEYS  1 the partitions of that minute, 2 the minutes (both share one hash tag)
-- ARGV  1 how many were looked at, 2 minute
-- Gives 1 where it did, 0 where some were added meanwhile.
-- Atomic: none is forgotten that nobody looked at. New ones stand first.

if redis.call('LINDEX', KEYS[1], ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1
