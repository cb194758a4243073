-- Exchanges a refresh token for its successor; repeats the exchange; or detects reuse.
--
-- KEYS  1 index, 2 revocations, 3 the record
-- ARGV  1 record key prefix, 2 now, 3 session id, 4 generation of the presented token,
--       5 timeout (ms from now), 6 grace (ms after a rotation),
--       7 key id, 8 access hash, 9 refresh hash, 10 salt of the successor,
--       11, 12, … pairs of key id and hash of the presented token under that key, then the deadline
-- Gives { "rotated", packed record, expiry until now } | { "repeated", packed record } | { "unknown" }
--     | { "reused", packed record as it was, { cursor, id, reason, at, expiry, existed } }
-- Atomic: of any number of exchanges of one token at once, one rotates and the others repeat it.
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
