--#include _record
--#include _retention
--#include _index

-- Returns the record of a declared session, or nil if there is none or it has expired.
local function load_record(id)
  local record = names[id] and read_record(load_packed(names[id]))
  if not record or record[EXPIRES_AT] <= now then return nil end
  return record
end

-- Milliseconds by which the TTL of an index is longer than necessary, so that few writes have to extend it.
local TTL_RESERVE = 3600000

-- Writes the record of a declared session and its index entry, and extends their TTLs. Both outlive the session so that
-- its expiry can be collected.
local function save_record(id, record)
  local packed = cmsgpack.pack(record)
  local ttl = record[EXPIRES_AT] - now + RECORD_RETENTION
  redis.call('SET', names[id], packed, 'PX', ttl)
  redis.call('ZADD', KEYS[1], record[EXPIRES_AT], id)
  if redis.call('PTTL', KEYS[1]) < ttl then
    redis.call('PEXPIRE', KEYS[1], ttl + TTL_RESERVE)
  end
  return packed
end
