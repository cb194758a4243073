-- Adds an entry to one of the two audit lists of a wallet.
--
-- KEYS  1 the list, 2 the wallet's history (both lists share one hash tag)
-- ARGV  1 the entry, which begins with its time in ms as 13 digits, 2 the most to keep,
--       3 now, 4 how long to keep it (ms)
-- Gives 1 where the entry was added, 0 where the list is another than a history that does not exist.
-- Atomic: a list is never longer than it may be, and never without a TTL.
--#include _write

local list, history, most, now, age = KEYS[1], KEYS[2], tonumber(ARGV[2]), ARGV[3], ARGV[4]
if list ~= history and redis.call('EXISTS', history) == 0 then return 0 end
write('LPUSH', list, ARGV[1])
redis.call('LTRIM', list, 0, most - 1)
redis.call('PEXPIRE', list, age)

-- What is too old stands at the end; what has no time is no entry, whoever put it there.
local oldest = tonumber(now) - tonumber(age)
for _ = 1, most do
  local last = redis.call('LINDEX', list, -1)
  if not last or (tonumber(string.sub(last, 1, 13)) or 0) > oldest then break end
  redis.call('RPOP', list)
end
return 1
