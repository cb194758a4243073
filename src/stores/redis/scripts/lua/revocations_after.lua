-- Reads the first revocations of a partition after a cursor.
--
-- KEYS    1 partition revocations
-- ARGV    1 time and 2 sequence number of the cursor, 3 maximum number of revocations
-- RETURNS { "cursor id reason at", … }, oldest first
-- ATOMIC  Read-only. Reads few items outside the page: cursors descend in the list, so it is searched by halves.
--#include _revocations

local time, sequence, max = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

local function is_after(other_time, other_sequence)
  return other_time > time or (other_time == time and other_sequence > sequence)
end

local function ends_after(index)
  local item = redis.call('LINDEX', KEYS[1], index)
  if not item then return false end
  local _, last_time, last_sequence = read_last(item)
  return is_after(last_time, last_sequence)
end

-- The oldest item that ends after the cursor, and one that does not, in steps that double.
local oldest, older, step = -1, 0, 1
while ends_after(older) do
  oldest, older, step = older, older + step, step * 2
end
while older - oldest > 1 do
  local middle = math.floor((oldest + older) / 2)
  if ends_after(middle) then oldest = middle else older = middle end
end

local page = {}
for index = oldest, 0, -1 do
  local item = redis.call('LINDEX', KEYS[1], index)
  -- Skips the lines up to the cursor at once: an item may have hundreds.
  local from = string.find(item, '\n' .. ARGV[1] .. '-' .. ARGV[2] .. ' ', 1, true) or 1
  for line, line_time, line_sequence in string.gmatch(string.sub(item, from), '\n((%d+)%-(%d+) [^\n]*)') do
    if #page == max then return page end
    if is_after(tonumber(line_time), tonumber(line_sequence)) then page[#page + 1] = line end
  end
end
return page
