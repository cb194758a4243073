--#include _write

-- Revocations are kept for a day, about the last thousand per partition, for watchers that reconnect.
local RETENTION, MAX_KEPT = 86400000, 1000

-- Redis preallocates 4 KB for a new stream, while most partitions have one revocation a day. A copy has no spare
-- room.
local function fit(stream)
  local copy = stream .. ':fitted'
  -- Some servers have no COPY. The stream then keeps its room.
  if type(redis.pcall('COPY', stream, copy, 'REPLACE')) == 'table' then return end
  redis.call('RENAME', copy, stream)
end

-- Returns the cursor of the last revocation in the stream, or "0-0" if there is none.
local function last_cursor()
  local last = redis.pcall('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
  return last[1] and last[1][1] or '0-0'
end

-- Revokes a session: deletes its record and index entry, then appends the revocation to the stream and publishes it with
-- the cursor of the revocation before it, by which a subscriber notices that it has missed one.
-- The record is deleted first: a delete succeeds on a full Redis and lets the script finish.
-- Returns { cursor, id, reason, at }, followed by the expiry of the session and whether its
-- record existed (1 or 0). If the index has no entry, the expiry is known_expiry, or else now.
local function revoke(id, reason, known_expiry)
  local expiry = redis.call('ZSCORE', KEYS[1], id) or known_expiry or ARGV[2]
  local existed = redis.call('DEL', ARGV[1] .. id)
  redis.call('ZREM', KEYS[1], id)
  local previous = last_cursor()
  local cursor = write('XADD', KEYS[2], 'MAXLEN', '~', MAX_KEPT, '*',
    'session', id, 'reason', reason, 'at', ARGV[2])
  if redis.call('XLEN', KEYS[2]) == 1 then fit(KEYS[2]) end
  redis.call('PEXPIRE', KEYS[2], RETENTION)
  redis.call('PUBLISH', KEYS[2], table.concat({ cursor, id, reason, ARGV[2], previous }, ' '))
  return { cursor, id, reason, ARGV[2], expiry, existed }
end

-- Removes up to EXPIRED_AT_ONCE expired sessions of the partition, a bound on how long the script blocks the server, and
-- appends them to the list. The rest stay in the index and count as expired.
local EXPIRED_AT_ONCE = 100
local function revoke_expired(ended)
  local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', 0, EXPIRED_AT_ONCE)
  for _, id in ipairs(expired) do
    ended[#ended + 1] = revoke(id, 'EXPIRED')
  end
end
