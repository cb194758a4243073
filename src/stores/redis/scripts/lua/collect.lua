-- Takes the records of the expired sessions of a partition, and returns when the next session expires.
--
-- KEYS    1 partition index, 2 partition revocations, 3… records to take
-- ARGV    1 end of the period in which they expired (ms)
-- RETURNS { next expiry (ms) or "", { { id, expiry, packed record }, … } }, or { "undeclared", id, … }: nothing changed,
--         the call needs these records
-- ATOMIC  Each record is returned to one caller. Its index entry stays for at least an hour, so that watchers of the wallet
--         can still receive the expiry. An index entry without a record is known to be collected already.
--#include _index
--#include _retention

local expired = read_index('ZRANGEBYSCORE', '-inf', ARGV[1], 'WITHSCORES')
local missing = undeclared(ids_of(expired))
if missing then return missing end

local taken = {}
for _, session in ipairs(expired) do
  local id, expiry = unpack(session)
  local packed = redis.pcall('GETDEL', names[id])
  -- Takes a value of another type as an unreadable record.
  if type(packed) == 'table' then
    redis.call('DEL', names[id])
    packed = ''
  end
  if packed then taken[#taken + 1] = { id, expiry, packed } end
end
local soonest = read_index('ZRANGEBYSCORE', '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[1]
if not soonest then redis.call('PEXPIRE', KEYS[1], INDEX_RETENTION) end
return { soonest and soonest[2] or '', taken }
