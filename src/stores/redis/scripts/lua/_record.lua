-- A session record is a string that holds a MessagePack array with these fields in this order. formats.ts decodes it
-- and relies on the same order.
local VERSION, CREATED_AT, AUTHENTICATED_AT, EXPIRES_AT, ABSOLUTE_EXPIRES_AT = 1, 2, 3, 4, 5
local GENERATION, ROTATED_AT, EXCHANGED, USED, KEY_ID, ACCESS_HASH = 6, 7, 8, 9, 10, 11
local REFRESH_HASH, SALT, BRIDGE, DETAILS = 12, 13, 14, 15

-- Every script that includes this file has: KEYS[1] the partition's index, KEYS[2] its revocations, ARGV[1] the
-- prefix of record keys, ARGV[2] the caller's time in ms. All keys share one hash tag.
local now = tonumber(ARGV[2])

--#include _retention

-- Decodes a packed record. Returns nil for anything else: a foreign value under a record key must neither open a
-- session nor block its wallet.
local function read_record(packed)
  if type(packed) ~= 'string' then return nil end
  local isRead, record = pcall(cmsgpack.unpack, packed)
  if not isRead or type(record) ~= 'table' then return nil end
  for field = VERSION, DETAILS do
    if type(record[field]) ~= (field <= USED and 'number' or 'string') then return nil end
  end
  return record
end

-- Returns the packed record, or nil if the key is empty or holds a value of another type.
local function load_packed(id)
  local packed = redis.pcall('GET', ARGV[1] .. id)
  return type(packed) == 'string' and packed or nil
end

-- Returns the record, or nil if there is none or it has expired.
local function load_record(id)
  local record = read_record(load_packed(id))
  if not record or record[EXPIRES_AT] <= now then return nil end
  return record
end

-- Writes the record and its index entry, and extends their TTLs. Both outlive the session so that its expiry can be
-- collected.
local function save_record(id, record)
  local packed = cmsgpack.pack(record)
  local ttl = record[EXPIRES_AT] - now + RECORD_RETENTION
  redis.call('SET', ARGV[1] .. id, packed, 'PX', ttl)
  redis.call('ZADD', KEYS[1], record[EXPIRES_AT], id)
  if redis.call('PTTL', KEYS[1]) < ttl then redis.call('PEXPIRE', KEYS[1], ttl) end
  return packed
end
