-- A session record is a MessagePack array in a string of its own, with these fields in this order.
-- The same order stands in record.ts, which reads what is written here.
local VERSION, CREATED_AT, AUTHENTICATED_AT, EXPIRES_AT, ABSOLUTE_EXPIRES_AT = 1, 2, 3, 4, 5
local GENERATION, ROTATED_AT, KEY_ID, ACCESS_HASH, REFRESH_HASH, SALT = 6, 7, 8, 9, 10, 11
local DETAILS = 12

-- Every script gets: KEYS[1] the partition's index, KEYS[2] its revocations, ARGV[1] what precedes a
-- session id in a record's key, ARGV[2] the caller's time in ms. All keys share one hash tag.
local now = tonumber(ARGV[2])

--#include _retention

-- The record in that text, or nil where it is none: whoever wrote it, it must not keep its wallet from
-- anything. It opens as no session.
local function read_record(packed)
  if type(packed) ~= 'string' then return nil end
  local isRead, record = pcall(cmsgpack.unpack, packed)
  if not isRead or type(record) ~= 'table' then return nil end
  for field = VERSION, DETAILS do
    if type(record[field]) ~= (field <= ROTATED_AT and 'number' or 'string') then return nil end
  end
  return record
end

-- What is stored as the record, or nil where nothing is, or something that is no string.
local function load_packed(id)
  local packed = redis.pcall('GET', ARGV[1] .. id)
  return type(packed) == 'string' and packed or nil
end

-- The record, or nil where there is none that has not expired.
local function load_record(id)
  local record = read_record(load_packed(id))
  if not record or record[EXPIRES_AT] <= now then return nil end
  return record
end

-- Writes record and index entry together, each with a TTL. Both outlive the session, for it to be collected.
local function save_record(id, record)
  local packed = cmsgpack.pack(record)
  local ttl = record[EXPIRES_AT] - now + RECORD_RETENTION
  redis.call('SET', ARGV[1] .. id, packed, 'PX', ttl)
  redis.call('ZADD', KEYS[1], record[EXPIRES_AT], id)
  if redis.call('PTTL', KEYS[1]) < ttl then redis.call('PEXPIRE', KEYS[1], ttl) end
  return packed
end
