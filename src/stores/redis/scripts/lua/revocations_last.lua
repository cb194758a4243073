-- Reads the last revocations of a partition.
--
-- KEYS    1 partition revocations
-- ARGV    1 maximum number of revocations
-- RETURNS { "cursor id reason at", … }, newest first
-- ATOMIC  Read-only.

local max, last = tonumber(ARGV[1]), {}
for index = 0, max - 1 do
  local item = redis.call('LINDEX', KEYS[1], index)
  if not item then break end
  local lines = {}
  for line in string.gmatch(item, '\n(%d+%-%d+ [^\n]*)') do lines[#lines + 1] = line end
  for position = #lines, 1, -1 do
    if #last == max then return last end
    last[#last + 1] = lines[position]
  end
end
return last
