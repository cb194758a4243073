-- Reads the newest entries before a place from each stream with audit entries of everybody.
--
-- KEYS  the streams (all of them are in one slot)
-- ARGV  1 where to begin, as XREVRANGE takes it, 2 the most entries of each
-- Gives for each stream { { id, { "entry", entry } }, … }, or "" if something of another type is in its place
-- Atomic: an entry that is added later comes after all that are given.

local pages = {}
for position, stream in ipairs(KEYS) do
  local page = redis.pcall('XREVRANGE', stream, ARGV[1], '-', 'COUNT', ARGV[2])
  if page.err and not string.find(page.err, 'WRONGTYPE', 1, true) then return page end
  pages[position] = page.err and '' or page
end
return pages
