-- Deletes the list of partitions of a minute once all of them have been checked.
--
-- KEYS    1 partitions of the minute, 2 scheduled minutes (same hash tag)
-- ARGV    1 number of partitions checked, 2 minute
-- RETURNS 1 if deleted, 0 if partitions were added meanwhile (at the head of the list)
-- ATOMIC  No partition is deleted unchecked.

if redis.call('LINDEX', KEYS[1], ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1
