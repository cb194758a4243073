-- Exchanges a refresh token for its successor, repeats a recent exchange, replaces an unused successor, or detects reuse.
--
-- KEYS    1 partition index, 2 partition revocations, 3 record
-- ARGV    1 now (ms), 2 generation of the presented token, 3 idle timeout (ms), 4 grace period after a rotation (ms),
--         5 key id, 6 access hash, 7 refresh hash and 8 salt of the successor, 9 generation of the unused pair to replace
--         (-1: none), 10 bridge from that pair to the successor, 11 maximum number of rotations (0: no limit) in
--         12 a window (ms), 13… pairs of key id and hash of the presented token under that key
-- RETURNS { "rotated", packed record, previous expiry (ms) }
--         { "repeated", packed record }
--         { "unused", packed record }: nothing changed, the pair may be replaced
--         { "limited", time to wait (ms) }: nothing changed
--         { "unknown" }
--         { "reused", packed record before it ended, { cursor, id, reason, at, expiry, collected } }
-- ATOMIC  Of concurrent exchanges of one token, one rotates and the others repeat it. A pair that is marked as used is
--         never replaced.
--#within _steps
--#include _partition
--#include _revoke

local id, generation, grace = declared[1], tonumber(ARGV[2]), tonumber(ARGV[4])
local packed = load_packed(KEYS[3])
local record = read_record(packed)
if not record or record[EXPIRES_AT] <= now or generation > record[GENERATION] then return { 'unknown' } end

-- Counts a rotation. Returns the time to wait if the session is at its limit: none has been counted then.
local function count_rotation()
  local max, window = tonumber(ARGV[11]), tonumber(ARGV[12])
  if max == 0 then return nil end
  local age = now - record[COUNTED_FROM]
  if age < 0 or age >= window then
    record[COUNTED_FROM], record[COUNTED_GENERATION] = now, record[GENERATION]
  elseif record[GENERATION] - record[COUNTED_GENERATION] >= max then
    return window - age
  end
end

local function install_successor(exchanged, bridge)
  local wait = count_rotation()
  if wait then return { 'limited', string.format('%.0f', wait) } end
  local expiry = record[EXPIRES_AT]
  record[GENERATION] = record[GENERATION] + 1
  record[ROTATED_AT] = now
  record[EXCHANGED] = exchanged
  record[USED] = 0
  record[EXPIRES_AT] = math.min(now + tonumber(ARGV[3]), record[ABSOLUTE_EXPIRES_AT])
  record[KEY_ID] = ARGV[5]
  record[ACCESS_HASH] = ARGV[6]
  record[REFRESH_HASH] = ARGV[7]
  record[SALT] = ARGV[8]
  record[BRIDGE] = bridge
  local saved, is_unindexed = save_record(id, record)
  -- The index was lost.
  if is_unindexed == 1 then keep_index(record) end
  return { 'rotated', saved, expiry }
end

if generation == record[GENERATION] then
  local current = false
  for position = 13, #ARGV, 2 do
    current = current
      or (ARGV[position] == record[KEY_ID] and ARGV[position + 1] == record[REFRESH_HASH])
  end
  if not current then return { 'unknown' } end
  return install_successor(generation, '')
end

local was_exchanged = generation == record[EXCHANGED]
local was_replaced = generation == record[GENERATION] - 1 and record[BRIDGE] ~= ''
if (was_exchanged or was_replaced) and now < record[ROTATED_AT] + grace then
  return { 'repeated', packed }
end
if was_exchanged and record[USED] == 0 and grace > 0 then
  if tonumber(ARGV[9]) == record[GENERATION] then return install_successor(generation, ARGV[10]) end
  return { 'unused', packed }
end
return { 'reused', packed, revoke({ { id, record[EXPIRES_AT] } }, 'TOKEN_REUSE')[1] }
