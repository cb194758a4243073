-- Adds a session, within the limit of its partition or in place of all other sessions.
--
-- KEYS    1 partition index, 2 partition revocations, 3 copy of them, 4 the new record, 5… records of sessions to revoke
-- ARGV    1 now (ms), 2 session limit (0: no limit), or for "end-others" the maximum number of sessions to revoke,
--         3 mode: "evict-soonest-expiring", "refuse-new" or "end-others", 4 createdAt, 5 authenticatedAt, 6 expiresAt,
--         7 absoluteExpiresAt, 8 generation, 9 rotatedAt, 10 exchanged, 11 used (1 or 0), 12 key id, 13 access hash,
--         14 refresh hash, 15 salt, 16 bridge, 17 details, 18 deadline
-- RETURNS { kind, { ended, … } } with ended = { cursor, id, reason, at, expiry, collected } and kind = "inserted",
--         "full" (limit reached, nothing added) or "crowded" (more other sessions than one call may revoke: the maximum
--         was revoked, nothing added); or { "undeclared", id, … }: nothing changed, the call needs these records
-- ATOMIC  Concurrent insertions never exceed the limit. A session that revokes all others is the only one when it
--         appears.
--#include _deadline
--#include _partition
--#include _revoke

local limit, mode = tonumber(ARGV[2]), ARGV[3]

-- The number of further sessions that a call declares, so that concurrent calls for one wallet are seldom repeated.
local NEXT = 20

-- Returns the number of sessions that have not expired. Expired ones that remain in the index do not count.
local function count_living(expired)
  if #expired < EXPIRED_AT_ONCE then return redis.call('ZCARD', KEYS[1]) - #expired end
  return redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[1], '+inf')
end

-- Returns the sessions to revoke, the reason, the kind of the outcome if nothing is to be added, and the ids of sessions
-- that concurrent calls may have to revoke next.
local function plan()
  if mode == 'end-others' then
    -- Revokes the sessions that expire last first.
    local others = read_index('ZRANGE', -limit, -1, 'WITHSCORES')
    local is_crowded = #others == limit and redis.call('ZCARD', KEYS[1]) > limit
    return others, 'LOGOUT_ALL', is_crowded and 'crowded'
  end
  local ending = read_expired()
  local excess = limit > 0 and count_living(ending) - limit + 1 or 0
  if excess <= 0 then return ending end
  if mode == 'refuse-new' then return ending, nil, 'full' end
  -- The index is sorted by expiry.
  local living = read_index('ZRANGEBYSCORE', '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, excess + NEXT)
  local next_ids = ids_of(living)
  for _, session in ipairs(ending) do next_ids[#next_ids + 1] = session[1] end
  for position = 1, excess do ending[#ending + 1] = living[position] end
  return ending, 'LIMIT_EXCEEDED', nil, next_ids
end

local ending, reason, refusal, next_ids = plan()
local missing = undeclared(ids_of(ending), next_ids)
if missing then return missing end

local ended = revoke(ending, reason)
if refusal then return { refusal, ended } end
save_record(declared[1], {
  1, tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]),
  tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]),
  ARGV[12], ARGV[13], ARGV[14], ARGV[15], ARGV[16], ARGV[17],
})
return { 'inserted', ended }
