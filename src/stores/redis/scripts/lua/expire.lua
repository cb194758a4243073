-- Removes expired sessions of a partition, up to a limit, and returns when the next session expires.
--
-- KEYS    1 partition index, 2 partition revocations
-- ARGV    1 record key prefix, 2 now (ms)
-- RETURNS { next expiry (ms) or "", { ended, … } } with ended = { cursor, id, reason, at, expiry, existed }; the next
--         expiry is in the past if expired sessions remain
-- ATOMIC  Each expiry is announced once, however many callers race.
--#include _record
--#include _revoke

local ended = {}
revoke_expired(ended)
local soonest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return { soonest[2] or '', ended }
