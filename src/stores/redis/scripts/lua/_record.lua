-- A session record is a string that holds a MessagePack array with these fields in this order. formats.ts decodes it
-- and relies on the same order.
local VERSION, CREATED_AT, AUTHENTICATED_AT, EXPIRES_AT, ABSOLUTE_EXPIRES_AT = 1, 2, 3, 4, 5
local GENERATION, ROTATED_AT, EXCHANGED, USED, COUNTED_FROM, COUNTED_GENERATION = 6, 7, 8, 9, 10, 11
local KEY_ID, ACCESS_HASH, REFRESH_HASH, SALT, BRIDGE, DETAILS = 12, 13, 14, 15, 16, 17

-- Decodes a packed record. Returns nil for anything else: a foreign value under a record key must neither open a
-- session nor block its wallet.
local function read_record(packed)
  if type(packed) ~= 'string' then return nil end
  local isRead, record = pcall(cmsgpack.unpack, packed)
  if not isRead or type(record) ~= 'table' then return nil end
  for field = VERSION, DETAILS do
    if type(record[field]) ~= (field <= COUNTED_GENERATION and 'number' or 'string') then return nil end
  end
  return record
end

-- Returns the packed record, or nil if the key is empty or holds a value of another type.
local function load_packed(name)
  local packed = redis.pcall('GET', name)
  return type(packed) == 'string' and packed or nil
end

-- Writes the record, whose expiry does not change.
local function replace_record(name, record)
  local packed = cmsgpack.pack(record)
  redis.call('SET', name, packed, 'KEEPTTL')
  return packed
end
