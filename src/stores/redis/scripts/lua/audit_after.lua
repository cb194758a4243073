-- Reads the oldest entries after a position from each global audit stream.
--
-- KEYS    1… streams (same slot)
-- ARGV    1 position, in the syntax of XRANGE, 2 maximum number of entries from each stream
-- RETURNS for each stream { { id, { "entry", entry } }, … }, or "" if its key holds a value of another type
-- ATOMIC  Read-only. An entry that is appended later sorts after all that were returned.

local pages = {}
for position, stream in ipairs(KEYS) do
  local page = redis.pcall('XRANGE', stream, ARGV[1], '+', 'COUNT', ARGV[2])
  if page.err and not string.find(page.err, 'WRONGTYPE', 1, true) then return page end
  pages[position] = page.err and '' or page
end
return pages
