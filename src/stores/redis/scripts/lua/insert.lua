-- Adds a session, within the limit of its partition or in place of all others.
--
-- KEYS  1 index, 2 revocations, 3 the new record (in the partition's slot)
-- ARGV  1 record key prefix, 2 now, 3 session id, 4 limit (0: none), or the most others to end,
--       5 "end-next-to-expire", "refuse-new" or "end-others",
--       6 createdAt, 7 authenticatedAt, 8 expiresAt, 9 absoluteExpiresAt, 10 generation,
--       11 rotatedAt, 12 key id, 13 access hash, 14 refresh hash, 15 salt, 16 details,
--       17 deadline
-- Gives { "inserted" | "full" | "crowded", { ended… } }, each ended session as
--       { cursor, id, reason, at, expiry, existed }. Crowded: there were more others than may end in one step;
--       as many have ended, and nothing was added.
-- Atomic: of any number of insertions at once, none sees room that another one takes; the one that ends others is
-- alone when it is there.
--#include _deadline
--#include _record
--#include _revoke

local id, limit, mode, ended = ARGV[3], tonumber(ARGV[4]), ARGV[5], {}
if mode == 'end-others' then
  -- Of all, those first that would live on for longest.
  for _, other in ipairs(redis.call('ZRANGE', KEYS[1], -limit, -1)) do
    local has_expired = tonumber(redis.call('ZSCORE', KEYS[1], other)) <= now
    ended[#ended + 1] = revoke(other, has_expired and 'EXPIRED' or 'LOGOUT_ALL')
  end
  if redis.call('ZCARD', KEYS[1]) > 0 then return { 'crowded', ended } end
  limit = 0
else
  revoke_expired(ended)
end

-- How many have to end for one more. Of what has expired, some may be left in the index.
local function excess()
  if limit == 0 then return 0 end
  local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
  return redis.call('ZCARD', KEYS[1]) - #expired - limit + 1
end

local count = excess()
if count > 0 then
  if mode == 'refuse-new' then return { 'full', ended } end
  -- The index is in the order of expiry.
  local next_to_expire =
    redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf', 'LIMIT', 0, count)
  for _, other in ipairs(next_to_expire) do
    ended[#ended + 1] = revoke(other, 'LIMIT_EXCEEDED')
  end
end

save_record(id, {
  1, tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]),
  tonumber(ARGV[10]), tonumber(ARGV[11]), ARGV[12], ARGV[13], ARGV[14], ARGV[15], ARGV[16],
})
return { 'inserted', ended }
