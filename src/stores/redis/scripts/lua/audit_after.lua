-- Reads the oldest entries after a position from each global audit stream.
--
-- KEYS    1… streams (same slot)
-- ARGV    1 position, in the syntax of XRANGE, 2 minimum number of audit entries from each stream, if it has as many
-- RETURNS for each stream { { id, fields }, … } (_stream.lua), whose first one may also hold earlier audit entries; or "" if
--         its key holds a value of another type
-- ATOMIC  Read-only. An entry that is appended later sorts after all that were returned.
--#include _stream

local pages = {}
for position, stream in ipairs(KEYS) do
  local page = read_entries('XRANGE', stream, ARGV[1], '+', tonumber(ARGV[2]), true)
  if page.err and not string.find(page.err, 'WRONGTYPE', 1, true) then return page end
  pages[position] = page.err and '' or page
end
return pages
