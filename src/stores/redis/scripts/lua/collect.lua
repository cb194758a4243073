-- Takes the records of what has expired in a partition, and tells when the next session will expire.
--
-- KEYS  1 index, 2 revocations
-- ARGV  1 record key prefix, 2 until when they expired (ms)
-- Gives { next expiry in ms or "", { { id, expiry, packed record }… } }
-- Atomic: each record is taken once, whoever asks. What was taken stays in the index for whoever watches the
-- wallet within an hour, to be told; without its record, it is known to have been noticed.
--#include _retention

local taken = {}
local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'WITHSCORES')
for position = 1, #expired, 2 do
  local name = ARGV[1] .. expired[position]
  local packed = redis.pcall('GETDEL', name)
  -- What is no string is no record, and goes all the same.
  if type(packed) == 'table' then
    redis.call('DEL', name)
    packed = ''
  end
  if packed then taken[#taken + 1] = { expired[position], expired[position + 1], packed } end
end
local soonest = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if not soonest[2] then redis.call('PEXPIRE', KEYS[1], INDEX_RETENTION) end
return { soonest[2] or '', taken }
