-- Takes a challenge, so that nobody else can.
--
-- KEYS  1 the challenge
-- ARGV  1 the deadline
-- Gives the challenge, or nil where there is none (any more).
-- Atomic: of any number of callers, one gets it.
--#include _deadline

return redis.call('GETDEL', KEYS[1])
