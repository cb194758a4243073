-- Appends entries to one of the audit lists of a wallet.
--
-- KEYS    1 list, 2 history of the wallet (same hash tag)
-- ARGV    1 maximum length, 2 now (ms), 3 maximum age (ms), 4 TTL of the list (ms), 5 whether to extend it (1 or 0),
--         6… items, the newest last
-- RETURNS 1 if appended, 0 if the list is not the history and the history is empty
-- ATOMIC  Of entries that replace each other, the newest one counts: its predecessors stay for a while and are the first to
--         be removed. The list is at most an eighth longer than its maximum and always has a TTL.
--#within _steps
--#include _write

-- An item is a number of bytes (1), the time of its entry (6) and its id (12), then the rest of the entry. The number is that
-- of the first bytes of the id which it shares with the entries that it replaces, or 0.
local ID, ID_LENGTH = 8, 12
local AT_ONCE = 1000

local list, history, max, now, age = KEYS[1], KEYS[2], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if list ~= history and redis.call('EXISTS', history) == 0 then return 0 end

-- Whether the item must be removed: it is too old, or it is not an audit entry.
local function is_over(item)
  local length, a, b, c, d, e, f = string.byte(item, 1, ID - 1)
  if not f or length > ID_LENGTH then return true end
  return ((((a * 256 + b) * 256 + c) * 256 + d) * 256 + e) * 256 + f <= now - age
end

-- Removes replaced and old entries, and then those beyond the maximum.
local function compact()
  local kept, known, items = {}, {}, redis.call('LRANGE', list, 0, -1)
  for _, item in ipairs(items) do
    local length = string.byte(item) or 0
    local kind = length > 0 and string.sub(item, ID, ID - 1 + length)
    if #kept < max and not is_over(item) and not (kind and known[kind]) then kept[#kept + 1] = item end
    if kind then known[kind] = true end
  end
  if #kept == #items then return end
  redis.call('DEL', list)
  local oldest_first = {}
  for position = #kept, 1, -1 do oldest_first[#oldest_first + 1] = kept[position] end
  for first = 1, #oldest_first, AT_ONCE do
    redis.call('LPUSH', list, unpack(oldest_first, first, math.min(first + AT_ONCE - 1, #oldest_first)))
  end
  redis.call('PEXPIRE', list, ARGV[4])
end

-- Whether the last of the items replaces another one and is one in sixteen of these, by a random byte of its id.
local function is_due()
  local last = ARGV[#ARGV]
  return (string.byte(last) or 0) > 0 and (string.byte(last, ID - 1 + ID_LENGTH) or 0) % 16 == 0
end

local length = write('LPUSH', list, unpack(ARGV, 6))
local added = #ARGV - 5
local extends = ARGV[5] == '1'
if extends or length == added then redis.call('PEXPIRE', list, ARGV[4]) end
if length > max + math.floor(max / 8) or (length > added and is_due()) then
  compact()
elseif extends then
  -- The oldest entries are at the end.
  for _ = added + 1, length do
    local last = redis.call('LINDEX', list, -1)
    if not last or not is_over(last) then break end
    redis.call('RPOP', list)
  end
end
return 1
