-- Adds a session, within the limit of its partition or in place of all other sessions.
--
-- KEYS    1 partition index, 2 partition revocations, 3 the new record
-- ARGV    1 record key prefix, 2 now (ms), 3 session id, 4 session limit (0: no limit), or for "end-others" the
--         maximum number of sessions to revoke, 5 mode: "evict-soonest-expiring", "refuse-new" or "end-others", 6 createdAt,
--         7 authenticatedAt, 8 expiresAt, 9 absoluteExpiresAt, 10 generation, 11 rotatedAt, 12 exchanged,
--         13 used (1 or 0), 14 key id, 15 access hash, 16 refresh hash, 17 salt, 18 bridge, 19 details, 20 deadline
-- RETURNS { kind, { ended, … } } with ended = { cursor, id, reason, at, expiry, existed } and kind = "inserted",
--         "full" (limit reached, nothing added) or "crowded" (more other sessions than one call may revoke: the maximum
--         was revoked, nothing added)
-- ATOMIC  Concurrent insertions never exceed the limit. A session that revokes all others is the only one when it
--         appears.
--#include _deadline
--#include _record
--#include _revoke

local id, limit, mode, ended = ARGV[3], tonumber(ARGV[4]), ARGV[5], {}
if mode == 'end-others' then
  -- Revokes the sessions that expire last first.
  for _, other in ipairs(redis.call('ZRANGE', KEYS[1], -limit, -1)) do
    local has_expired = tonumber(redis.call('ZSCORE', KEYS[1], other)) <= now
    ended[#ended + 1] = revoke(other, has_expired and 'EXPIRED' or 'LOGOUT_ALL')
  end
  if redis.call('ZCARD', KEYS[1]) > 0 then return { 'crowded', ended } end
  limit = 0
else
  revoke_expired(ended)
end

-- Returns how many sessions must end to make room for one. Expired sessions that remain in the index do not count.
local function excess()
  if limit == 0 then return 0 end
  local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
  return redis.call('ZCARD', KEYS[1]) - #expired - limit + 1
end

local count = excess()
if count > 0 then
  if mode == 'refuse-new' then return { 'full', ended } end
  -- The index is sorted by expiry.
  local next_to_expire =
    redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf', 'LIMIT', 0, count)
  for _, other in ipairs(next_to_expire) do
    ended[#ended + 1] = revoke(other, 'LIMIT_EXCEEDED')
  end
end

save_record(id, {
  1, tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]),
  tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13]),
  ARGV[14], ARGV[15], ARGV[16], ARGV[17], ARGV[18], ARGV[19],
})
return { 'inserted', ended }
