-- Takes the records of the expired sessions of a partition, and returns when the next session expires.
--
-- KEYS    1 partition index, 2 partition revocations
-- ARGV    1 record key prefix, 2 end of the period in which they expired (ms)
-- RETURNS { next expiry (ms) or "", { { id, expiry, packed record }, … } }
-- ATOMIC  Each record is returned to one caller. Its index entry stays for at least an hour, so that watchers of the wallet
--         can still receive the expiry. An index entry without a record is known to be collected already.
--#include _retention

local taken = {}
local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'WITHSCORES')
for position = 1, #expired, 2 do
  local name = ARGV[1] .. expired[position]
  local packed = redis.pcall('GETDEL', name)
  -- Takes a value of another type as an unreadable record.
  if type(packed) == 'table' then
    redis.call('DEL', name)
    packed = ''
  end
  if packed then taken[#taken + 1] = { expired[position], expired[position + 1], packed } end
end
local soonest = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if not soonest[2] then redis.call('PEXPIRE', KEYS[1], INDEX_RETENTION) end
return { soonest[2] or '', taken }
