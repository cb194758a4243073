-- Removes expired sessions of a partition, up to a limit, and returns when the next session expires.
--
-- KEYS    1 partition index, 2 partition revocations, 3… records of sessions to revoke
-- ARGV    1 now (ms)
-- RETURNS { next expiry (ms) or "", { ended, … } } with ended = { cursor, id, reason, at, expiry, collected }; the next
--         expiry is in the past if expired sessions remain; or { "undeclared", id, … }: nothing changed, the call needs
--         these records
-- ATOMIC  Each expiry is announced once, however many callers race.
--#include _index
--#include _revoke

local expired = read_expired()
local missing = undeclared(ids_of(expired))
if missing then return missing end
local ended = revoke(expired)
local soonest = read_index('ZRANGE', 0, 0, 'WITHSCORES')[1]
return { soonest and soonest[2] or '', ended }
