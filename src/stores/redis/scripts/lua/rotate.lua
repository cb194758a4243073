-- Exchanges a refresh token for its successor, repeats a recent exchange, replaces an unused successor, or detects reuse.
--
-- KEYS    1 partition index, 2 partition revocations, 3 record
-- ARGV    1 record key prefix, 2 now (ms), 3 session id, 4 generation of the presented token, 5 idle timeout (ms),
--         6 grace period after a rotation (ms), 7 key id, 8 access hash, 9 refresh hash and 10 salt of the successor,
--         11 generation of the unused pair to replace (-1: none), 12 bridge from that pair to the successor,
--         13… pairs of key id and hash of the presented token under that key, last deadline
-- RETURNS { "rotated", packed record, previous expiry (ms) }, { "repeated", packed record }, { "unused", packed record }
--         (nothing changed; may be replaced), { "unknown" }, or { "reused", packed record before it ended, { cursor, id,
--         reason, at, expiry, existed } }
-- ATOMIC  Of concurrent exchanges of one token, one rotates and the others repeat it. A pair that is marked as used is
--         never replaced.
--#include _deadline
--#include _record
--#include _revoke

local id, generation, grace = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[6])
local record = load_record(id)
if not record or generation > record[GENERATION] then return { 'unknown' } end

local function install_successor(exchanged, bridge)
  local expiry = record[EXPIRES_AT]
  record[GENERATION] = record[GENERATION] + 1
  record[ROTATED_AT] = now
  record[EXCHANGED] = exchanged
  record[USED] = 0
  record[EXPIRES_AT] = math.min(now + tonumber(ARGV[5]), record[ABSOLUTE_EXPIRES_AT])
  record[KEY_ID] = ARGV[7]
  record[ACCESS_HASH] = ARGV[8]
  record[REFRESH_HASH] = ARGV[9]
  record[SALT] = ARGV[10]
  record[BRIDGE] = bridge
  return { 'rotated', save_record(id, record), expiry }
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
  return { 'repeated', redis.call('GET', KEYS[3]) }
end
if was_exchanged and record[USED] == 0 and grace > 0 then
  if tonumber(ARGV[11]) == record[GENERATION] then return install_successor(generation, ARGV[12]) end
  return { 'unused', redis.call('GET', KEYS[3]) }
end
return { 'reused', redis.call('GET', KEYS[3]), revoke(id, 'TOKEN_REUSE', record[EXPIRES_AT]) }
