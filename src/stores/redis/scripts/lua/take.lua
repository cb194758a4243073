-- Takes a challenge: reads and deletes it.
--
-- KEYS    1 challenge
-- ARGV    none
-- RETURNS challenge, or nil if it does not exist
-- ATOMIC  Of concurrent callers, one receives the challenge.
--#within _steps

return redis.call('GETDEL', KEYS[1])
