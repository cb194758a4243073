-- Takes a challenge: reads and deletes it.
--
-- KEYS    1 challenge
-- ARGV    1 deadline
-- RETURNS challenge, or nil if it does not exist
-- ATOMIC  Of concurrent callers, one receives the challenge.
--#include _deadline

return redis.call('GETDEL', KEYS[1])
