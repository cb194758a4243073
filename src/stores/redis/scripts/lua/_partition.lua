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

-- Writes the record of a declared session and its index entry. Both outlive the session so that its expiry can be
-- collected. Returns the packed record, and 1 if the index entry is new, else 0.
local function save_record(id, record)
  local packed = cmsgpack.pack(record)
  redis.call('SET', names[id], packed, 'PX', record[EXPIRES_AT] - now + RECORD_RETENTION)
  return packed, redis.call('ZADD', KEYS[1], record[EXPIRES_AT], id)
end

-- Extends the TTL of the index so that it suffices however often the session is refreshed. A refresh therefore leaves it as
-- it is.
local function keep_index(record, is_only_entry)
  local ttl = record[ABSOLUTE_EXPIRES_AT] - now + RECORD_RETENTION
  if is_only_entry or redis.call('PTTL', KEYS[1]) < ttl then
    redis.call('PEXPIRE', KEYS[1], ttl + TTL_RESERVE)
  end
end
