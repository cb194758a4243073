-- The revocations of a partition are a list, the newest first. Each item has those of one step, a line each, after the
-- number of all revocations of the partition up to then. A stream would need 4 KB for its first entry, while most
-- partitions have one revocation a day.

-- Returns three numbers: how many revocations there are up to and including the item, and the time and the sequence
-- number of its last one. All are 0 without an item.
local function read_last(item)
  local count = type(item) == 'string' and tonumber(string.match(item, '^(%d+)\n'))
  local time, sequence = string.match(count and item or '', '\n(%d+)%-(%d+) [^\n]*$')
  if not time then return 0, 0, 0 end
  return count, tonumber(time), tonumber(sequence)
end
