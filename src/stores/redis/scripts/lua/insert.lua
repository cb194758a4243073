-- Adds a session, within the limit of its partition or in place of all other sessions.
--
-- KEYS    1 partition index, 2 partition revocations, 3 the new record, 4… records of sessions to revoke
-- ARGV    1 now (ms), 2 session limit (0: no limit), or for "end-others" the maximum number of sessions to revoke,
--         3 mode: "evict-soonest-expiring", "refuse-new" or "end-others", 4 createdAt, 5 authenticatedAt, 6 expiresAt,
--         7 absoluteExpiresAt, 8 generation, 9 rotatedAt, 10 exchanged, 11 used (1 or 0), 12 countedFrom,
--         13 countedGeneration, 14 key id, 15 access hash, 16 refresh hash, 17 salt, 18 bridge, 19 details
-- RETURNS { kind, { ended, … } } with ended = { cursor, id, reason, at, expiry, collected } and kind = "inserted",
--         "full" (limit reached, nothing added) or "crowded" (more other sessions than one call may revoke: the maximum
--         was revoked, nothing added); or { "undeclared", id, … }: nothing changed, the call needs these records
-- ATOMIC  Concurrent insertions never exceed the limit. A session that revokes all others is the only one when it
--         appears.
--#within _steps
--#include _partition
--#include _revoke

local limit, mode = tonumber(ARGV[2]), ARGV[3]

-- The number of further sessions that a call declares, so that concurrent calls for one wallet are seldom repeated.
local NEXT = 20

-- The sessions that expire first. Most indexes are read as a whole with this one command.
local FEW = 20
local first = mode == 'end-others' and {} or read_index('ZRANGE', 0, FEW - 1, 'WITHSCORES')
local is_whole = #first < FEW

-- Splits them into expired and living sessions.
local function split()
  local expired, living = {}, {}
  for _, session in ipairs(first) do
    local part = has_expired(session) and expired or living
    part[#part + 1] = session
  end
  return expired, living
end

-- Returns the number of sessions that have not expired. Expired ones that remain in the index do not count.
local function count_living(expired)
  if #expired < EXPIRED_AT_ONCE then return redis.call('ZCARD', KEYS[1]) - #expired end
  return redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[1], '+inf')
end

-- Returns living sessions, those that expire first.
local function read_living(count)
  return read_index('ZRANGEBYSCORE', '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, count)
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
  local ending, living = split()
  if #living == 0 and not is_whole then ending = read_expired() end
  local excess = limit > 0 and (is_whole and #living or count_living(ending)) - limit + 1 or 0
  if excess <= 0 then return ending end
  if mode == 'refuse-new' then return ending, nil, 'full' end
  if not is_whole then living = read_living(excess + NEXT) end
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
local record = {
  1, tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]),
  tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]),
  tonumber(ARGV[12]), tonumber(ARGV[13]),
  ARGV[14], ARGV[15], ARGV[16], ARGV[17], ARGV[18], ARGV[19],
}
save_record(declared[1], record)
keep_index(record, mode ~= 'end-others' and #first == 0)
return { 'inserted', ended }
