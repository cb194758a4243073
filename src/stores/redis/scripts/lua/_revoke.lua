--#include _write

-- Revocations are kept for a day, about the last thousand per partition, for watchers that reconnect.
local RETENTION, MAX_KEPT = 86400000, 1000

-- The maximum number of expired sessions that one call ends: a bound on how long it blocks the server. The rest stay in
-- the index and count as expired.
local EXPIRED_AT_ONCE = 100

-- Redis preallocates 4 KB for a new stream, while most partitions have one revocation a day. A copy has no spare room.
local function fit_stream()
  -- Some servers have no COPY. The stream then keeps its room.
  if type(redis.pcall('COPY', KEYS[2], KEYS[3], 'REPLACE')) == 'table' then return end
  redis.call('RENAME', KEYS[3], KEYS[2])
end

-- Returns the cursor of the last revocation in the stream, or "0-0" if there is none.
local function last_cursor()
  local last = redis.pcall('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
  return last[1] and last[1][1] or '0-0'
end

-- Returns a list of { id, expiry } of the expired sessions, at most EXPIRED_AT_ONCE.
local function read_expired()
  return read_index('ZRANGEBYSCORE', '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, EXPIRED_AT_ONCE)
end

-- Revokes declared sessions, each { id, expiry }, with a reason, or with EXPIRED if they have expired. Deletes their
-- records and index entries, then appends the revocations to the stream and publishes them, a line each, with the cursor
-- of the revocation before it, by which a subscriber notices that it has missed one.
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
  local before = last_cursor()
  local previous, lines = before, {}
  for position, revocation in ipairs(ended) do
    local cursor = write('XADD', KEYS[2], 'MAXLEN', '~', MAX_KEPT, '*',
      'session', revocation[2], 'reason', revocation[3], 'at', ARGV[1])
    revocation[1] = cursor
    lines[position] = table.concat({ cursor, revocation[2], revocation[3], ARGV[1], previous }, ' ')
    previous = cursor
  end
  if before == '0-0' then fit_stream() end
  redis.call('PEXPIRE', KEYS[2], RETENTION)
  redis.call('PUBLISH', KEYS[2], table.concat(lines, '\n'))
  return ended
end
