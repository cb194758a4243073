-- Appends an entry to one of the audit lists of a wallet.
--
-- KEYS    1 list, 2 history of the wallet (same hash tag)
-- ARGV    1 entry (13 digits of its time in ms, then its id), 2 maximum length, 3 now (ms), 4 maximum age (ms), 5 id
--         prefix of the entry to replace, or "", 6 number of newest entries to search for it
-- RETURNS 1 if appended, 0 if the list is not the history and the history is empty
-- ATOMIC  The list never exceeds its maximum length and always has a TTL.
--#include _write

local list, history, max, now, age = KEYS[1], KEYS[2], tonumber(ARGV[2]), ARGV[3], ARGV[4]
if list ~= history and redis.call('EXISTS', history) == 0 then return 0 end

local replaces = ARGV[5]
if replaces ~= '' then
  local newest = redis.pcall('LRANGE', list, 0, tonumber(ARGV[6]) - 1)
  -- A value of another type in the list's place has no entry to replace.
  for _, entry in ipairs(newest.err and {} or newest) do
    if string.sub(entry, 14, 13 + #replaces) == replaces then
      redis.call('LREM', list, 1, entry)
      break
    end
  end
end

write('LPUSH', list, ARGV[1])
redis.call('LTRIM', list, 0, max - 1)
redis.call('PEXPIRE', list, age)

-- The oldest entries are at the end. Removes an item without a timestamp too: it is not an entry.
local oldest = tonumber(now) - tonumber(age)
for _ = 1, max do
  local last = redis.call('LINDEX', list, -1)
  if not last or (tonumber(string.sub(last, 1, 13)) or 0) > oldest then break end
  redis.call('RPOP', list)
end
return 1
