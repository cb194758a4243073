--#include _write
--#include _revocations

-- Revocations are kept for a day, about the last thousand per partition, for watchers that reconnect.
local RETENTION, MAX_KEPT = 86400000, 1000

-- The maximum number of expired sessions that one call ends: a bound on how long it blocks the server. The rest stay in
-- the index and count as expired.
local EXPIRED_AT_ONCE = 100

-- Removes items whose revocations are all followed by MAX_KEPT others, after every hundred revocations.
local TRIMMED_AFTER = 100
local function trim_revocations(before, count)
  if math.floor(before / TRIMMED_AFTER) == math.floor(count / TRIMMED_AFTER) then return end
  while read_last(redis.call('LINDEX', KEYS[2], -1)) <= count - MAX_KEPT do
    redis.call('RPOP', KEYS[2])
  end
end

-- Returns a list of { id, expiry } of the expired sessions, at most EXPIRED_AT_ONCE.
local function read_expired()
  return read_index('ZRANGEBYSCORE', '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, EXPIRED_AT_ONCE)
end

-- Revokes declared sessions, each { id, expiry }, with a reason, or with EXPIRED if they have expired. Deletes their
-- records and index entries, then adds the revocations to the list and publishes them, a line each, with the cursor of the
-- revocation before it, by which a subscriber notices that it has missed one. A cursor is the caller's time and a sequence
-- number, and later than every cursor in the list.
-- Records are deleted first: a delete succeeds on a full Redis and lets the script finish.
-- Returns a list of { cursor, id, reason, at, expiry, collected }, with collected = 1 if the session had expired and its
-- record was gone, else 0.
local function revoke(sessions, reason)
  local ended, ids, living = {}, ids_of(sessions), {}
  if #ids == 0 then return ended end
  for position, session in ipairs(sessions) do
    local id, expiry = unpack(session)
    if has_expired(session) then
      ended[position] = { '', id, 'EXPIRED', ARGV[1], expiry, 1 - redis.call('DEL', names[id]) }
    else
      ended[position] = { '', id, reason, ARGV[1], expiry, 0 }
      living[#living + 1] = names[id]
    end
  end
  if #living > 0 then redis.call('DEL', unpack(living)) end
  redis.call('ZREM', KEYS[1], unpack(ids))
  local before, time, sequence = read_last(redis.pcall('LINDEX', KEYS[2], 0))
  local previous = string.format('%.0f-%.0f', time, sequence)
  if now > time then time, sequence = now, -1 end
  local count = before + #ended
  local stored, published = { string.format('%.0f', count) }, {}
  for position, revocation in ipairs(ended) do
    local cursor = string.format('%.0f-%.0f', time, sequence + position)
    local line = table.concat({ cursor, revocation[2], revocation[3], ARGV[1] }, ' ')
    revocation[1] = cursor
    stored[position + 1] = line
    published[position] = line .. ' ' .. previous
    previous = cursor
  end
  write('LPUSH', KEYS[2], table.concat(stored, '\n'))
  trim_revocations(before, count)
  redis.call('PEXPIRE', KEYS[2], RETENTION)
  redis.call('PUBLISH', KEYS[2], table.concat(published, '\n'))
  return ended
end
