-- Adds an entry to one of the two audit lists of a wallet.
--
-- KEYS  1 the list, 2 the wallet's history (both lists share one hash tag)
-- ARGV  1 the entry, which begins with its time in ms as 13 digits and its id, 2 the most to keep,
--       3 now, 4 how long to keep it (ms), 5 what the id of an entry begins with that this one replaces, or "",
--       6 among how many of the newest entries that one is looked for
-- Gives 1 if the entry was added, 0 if the list is not the history and there is no history.
-- Atomic: a list is never longer than allowed, and never without a TTL.
--#include _write

local list, history, most, now, age = KEYS[1], KEYS[2], tonumber(ARGV[2]), ARGV[3], ARGV[4]
if list ~= history and redis.call('EXISTS', history) == 0 then return 0 end

local replaces = ARGV[5]
if replaces ~= '' then
  local newest = redis.pcall('LRANGE', list, 0, tonumber(ARGV[6]) - 1)
  -- If something of another type is in the list's place, there is nothing to replace.
  for _, entry in ipairs(newest.err and {} or newest) do
    if string.sub(entry, 14, 13 + #replaces) == replaces then
      redis.call('LREM', list, 1, entry)
      break
    end
  end
end

write('LPUSH', list, ARGV[1])
redis.call('LTRIM', list, 0, most - 1)
redis.call('PEXPIRE', list, age)

-- The oldest entries are at the end. What has no time is not an entry, and goes too.
local oldest = tonumber(now) - tonumber(age)
for _ = 1, most do
  local last = redis.call('LINDEX', list, -1)
  if not last or (tonumber(string.sub(last, 1, 13)) or 0) > oldest then break end
  redis.call('RPOP', list)
end
return 1
