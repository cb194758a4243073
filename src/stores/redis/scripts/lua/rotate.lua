-- Exchanges a refresh token for its successor, repeats a recent exchange, or detects reuse.
--
-- KEYS    1 partition index, 2 partition revocations, 3 record
-- ARGV    1 record key prefix, 2 now (ms), 3 session id, 4 generation of the presented token, 5 idle timeout (ms),
--         6 grace period after a rotation (ms), 7 key id, 8 access hash, 9 refresh hash and 10 salt of the successor,
--         11… pairs of key id and hash of the presented token under that key, last deadline
-- RETURNS { "rotated", packed record, previous expiry (ms) }, { "repeated", packed record }, { "unknown" }, or
--         { "reused", packed record before it ended, { cursor, id, reason, at, expiry, existed } }
-- ATOMIC  Of concurrent exchanges of one token, one rotates and the others repeat it.
--#include _deadline
--#include _record
--#include _revoke

local id, generation = ARGV[3], tonumber(ARGV[4])
local record = load_record(id)
if not record or generation > record[GENERATION] then return { 'unknown' } end

if generation == record[GENERATION] then
  local current = false
  for position = 11, #ARGV, 2 do
    current = current
      or (ARGV[position] == record[KEY_ID] and ARGV[position + 1] == record[REFRESH_HASH])
  end
  if not current then return { 'unknown' } end
  local expiry = record[EXPIRES_AT]
  record[GENERATION] = generation + 1
  record[ROTATED_AT] = now
  record[EXPIRES_AT] = math.min(now + tonumber(ARGV[5]), record[ABSOLUTE_EXPIRES_AT])
  record[KEY_ID] = ARGV[7]
  record[ACCESS_HASH] = ARGV[8]
  record[REFRESH_HASH] = ARGV[9]
  record[SALT] = ARGV[10]
  return { 'rotated', save_record(id, record), expiry }
end

local is_predecessor = generation == record[GENERATION] - 1
if is_predecessor and now < record[ROTATED_AT] + tonumber(ARGV[6]) then
  return { 'repeated', redis.call('GET', KEYS[3]) }
end
return { 'reused', redis.call('GET', KEYS[3]), revoke(id, 'TOKEN_REUSE', record[EXPIRES_AT]) }
