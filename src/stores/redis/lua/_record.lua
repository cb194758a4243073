-- A session record is a MessagePack array in a string of its own, with these fields in this order.
-- The same order stands in record.ts, which reads what is written here.
local VERSION, CREATED_AT, AUTHENTICATED_AT, EXPIRES_AT, ABSOLUTE_EXPIRES_AT = 1, 2, 3, 4, 5
local GENERATION, ROTATED_AT, KEY_ID, ACCESS_HASH, REFRESH_HASH, SALT = 6, 7, 8, 9, 10, 11
local DETAILS = 12

-- Every script gets: KEYS[1] the partition's index, KEYS[2] its revocations, ARGV[1] what precedes a
-- session id in a record's key, ARGV[2] the caller's time in ms. All keys share one hash tag.
local now = tonumber(ARGV[2])

-- The record, or nil where there is none that has not expired.
local function load_record(id)
  local packed = redis.call('GET', ARGV[1] .. id)
  if not packed then return nil end
  local record = cmsgpack.unpack(packed)
  if record[EXPIRES_AT] <= now then return nil end
  return record
end

-- Writes record and index entry together, each with a TTL. The index outlives its last session by an
-- hour, so that somebody who watches can still be told that it expired.
local function save_record(id, record)
  local packed = cmsgpack.pack(record)
  local ttl = record[EXPIRES_AT] - now
  redis.call('SET', ARGV[1] .. id, packed, 'PX', ttl)
  redis.call('ZADD', KEYS[1], record[EXPIRES_AT], id)
  if redis.call('PTTL', KEYS[1]) < ttl + 3600000 then
    redis.call('PEXPIRE', KEYS[1], ttl + 3600000)
  end
  return packed
end
