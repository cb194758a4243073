--#include _write

-- Revocations are kept for a day, the last thousand or so, for watchers that come back.
local RETENTION, MOST_KEPT = 86400000, 1000

-- Redis makes 4 KB of room when a stream begins, for what is mostly one end in a day. A copy has none to spare.
local function fit(stream)
  local copy = stream .. ':fitted'
  redis.call('COPY', stream, copy, 'REPLACE')
  redis.call('RENAME', copy, stream)
end

-- Ends a session and tells of it: record and index entry go, the event is kept and published.
-- The record goes first: from then on a full Redis lets the script finish. What is returned has two fields
-- more than what is told: when the session would have expired, and whether its record was still there.
-- Where the index lacks it, it would have expired when the caller knows, or else now.
local function revoke(id, reason, known_expiry)
  local expiry = redis.call('ZSCORE', KEYS[1], id) or known_expiry or ARGV[2]
  local existed = redis.call('DEL', ARGV[1] .. id)
  redis.call('ZREM', KEYS[1], id)
  local cursor = write('XADD', KEYS[2], 'MAXLEN', '~', MOST_KEPT, '*',
    'session', id, 'reason', reason, 'at', ARGV[2])
  if redis.call('XLEN', KEYS[2]) == 1 then fit(KEYS[2]) end
  redis.call('PEXPIRE', KEYS[2], RETENTION)
  redis.call('PUBLISH', KEYS[2], table.concat({ cursor, id, reason, ARGV[2] }, ' '))
  return { cursor, id, reason, ARGV[2], expiry, existed }
end

-- Ends what has expired in the partition, so many at the most: nobody else is served meanwhile. Adds it to the list of
-- what ended. What is left has expired all the same.
local EXPIRED_AT_ONCE = 100
local function revoke_expired(ended)
  local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', 0, EXPIRED_AT_ONCE)
  for _, id in ipairs(expired) do
    ended[#ended + 1] = revoke(id, 'EXPIRED')
  end
end
