-- Ends what has expired in a partition, so many at the most, and tells when the next session will have.
--
-- KEYS  1 index, 2 revocations
-- ARGV  1 record key prefix, 2 now
-- Gives { next expiry in ms, which has passed where more have expired, or "", { ended… } }, each ended session as { cursor, id, reason, at, expiry, existed }
-- Atomic: each expiry is told once, whoever asks.
--#include _record
--#include _revoke

local ended = {}
revoke_expired(ended)
local soonest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return { soonest[2] or '', ended }
