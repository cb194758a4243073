-- Appends entries to one of the audit lists of a wallet.
--
-- KEYS    1 list, 2 history of the wallet (same hash tag)
-- ARGV    1 maximum length, 2 now (ms), 3 maximum age (ms), 4 number of newest entries to search for one to replace,
--         5… pairs of an entry (13 digits of its time in ms, then its id) and the id prefix of the entry to replace, or ""
-- RETURNS 1 if appended, 0 if the list is not the history and the history is empty
-- ATOMIC  The list never exceeds its maximum length and always has a TTL.
--#include _write

local list, history, max, age, searched = KEYS[1], KEYS[2], tonumber(ARGV[1]), ARGV[3], tonumber(ARGV[4])
if list ~= history and redis.call('EXISTS', history) == 0 then return 0 end

-- Most entries to replace are among the first.
local FIRST = 10

local function replaces(entry, prefix)
  return string.sub(entry, 14, 13 + #prefix) == prefix
end

-- Removes the entry to replace from the given range of the list. Returns whether the search is over.
local function remove_within(from, to, prefix)
  local entries = redis.pcall('LRANGE', list, from, to)
  -- A value of another type in the list's place has no entry to replace.
  if entries.err then return true end
  for _, entry in ipairs(entries) do
    if replaces(entry, prefix) then
      redis.call('LREM', list, 1, entry)
      return true
    end
  end
  return #entries <= to - from
end

local added = {}

local function remove_replaced(prefix)
  for position = #added, 1, -1 do
    if replaces(added[position], prefix) then
      table.remove(added, position)
      return
    end
  end
  if not remove_within(0, FIRST - 1, prefix) then remove_within(FIRST, searched - 1, prefix) end
end

for position = 5, #ARGV, 2 do
  local entry, prefix = ARGV[position], ARGV[position + 1]
  if prefix ~= '' then remove_replaced(prefix) end
  added[#added + 1] = entry
end

local length = write('LPUSH', list, unpack(added))
if length > max then redis.call('LTRIM', list, 0, max - 1) end
redis.call('PEXPIRE', list, age)

-- The oldest entries are at the end. Removes an item without a timestamp too: it is not an entry.
local oldest = tonumber(ARGV[2]) - tonumber(age)
for _ = #added + 1, math.min(length, max) do
  local last = redis.call('LINDEX', list, -1)
  if not last or (tonumber(string.sub(last, 1, 13)) or 0) > oldest then break end
  redis.call('RPOP', list)
end
return 1
