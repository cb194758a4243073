-- Reads the newest entries before a position from each global audit stream.
--
-- KEYS    1… streams (same slot)
-- ARGV    1 position, or "" for the end, 2 minimum number of audit entries from each stream, if it has as many
-- RETURNS for each stream { { id, fields }, … } (_stream.lua), whose first one may also hold later audit entries; or "" if
--         its key holds a value of another type
-- ATOMIC  Read-only. An entry that is appended later sorts after all that were returned.
--#include _stream

local before, count = ARGV[1], tonumber(ARGV[2])

local function read_page(stream)
  if before == '' then return read_entries('XREVRANGE', stream, '+', '-', count) end
  local page = read_entries('XREVRANGE', stream, '(' .. before, '-', count)
  -- The stream entry at the position or after it may begin before it.
  local next = not page.err and redis.call('XRANGE', stream, before, '+', 'COUNT', 1)[1]
  if next then table.insert(page, 1, next) end
  return page
end

local pages = {}
for position, stream in ipairs(KEYS) do
  local page = read_page(stream)
  if page.err and not string.find(page.err, 'WRONGTYPE', 1, true) then return page end
  pages[position] = page.err and '' or page
end
return pages
