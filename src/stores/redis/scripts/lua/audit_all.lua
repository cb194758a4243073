-- Appends entries to the global audit streams, with one command for each stream.
--
-- KEYS    1… all streams (same slot)
-- ARGV    1… for each stream with new entries: its position among the keys, its maximum number of audit entries, the number
--         of new ones, and these
-- RETURNS position of the last entry
-- ATOMIC  Each position sorts after every earlier one in all streams. A stream has at most about a hundred audit entries
--         more than its maximum.
--#include _write
--#include _stream

local time = redis.call('TIME')
local last, sequence = time[1] * 1000 + math.floor(time[2] / 1000), -1
local totals = {}
for position, stream in ipairs(KEYS) do
  -- An error reply, whose [1] is nil, if the key holds a value of another type.
  local newest = redis.pcall('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  totals[position] = newest and total_of(newest) or 0
  if newest then
    local at, number = string.match(newest[1], '^(%d+)-(%d+)$')
    at, number = tonumber(at), tonumber(number)
    if at > last or (at == last and number > sequence) then last, sequence = at, number end
  end
end

-- The number of audit entries between two trims of a stream.
local TRIMMED_AFTER = 100

-- Removes the stream entries whose audit entries are all among the first `excess` of the stream.
local function trim(stream, excess)
  for _ = 1, TRIMMED_AFTER do
    local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', AT_ONCE)
    for _, entry in ipairs(oldest) do
      if total_of(entry) > excess then
        if entry ~= oldest[1] then redis.call('XTRIM', stream, 'MINID', entry[1]) end
        return
      end
    end
    if #oldest == 0 then return end
    redis.call('XTRIM', stream, 'MINID', oldest[#oldest][1])
    if #oldest < AT_ONCE then return end
  end
end

local id
local argument = 1
while argument <= #ARGV do
  local position, max, count = tonumber(ARGV[argument]), tonumber(ARGV[argument + 1]), tonumber(ARGV[argument + 2])
  local stream, before = KEYS[position], totals[position]
  local total = before + count
  local fields = { 't', string.format('%.0f', total) }
  for entry = argument + 3, argument + 2 + count do
    fields[#fields + 1] = 'e'
    fields[#fields + 1] = ARGV[entry]
  end
  argument = argument + 3 + count
  sequence = sequence + count
  id = string.format('%.0f-%.0f', last, sequence)
  write('XADD', stream, id, unpack(fields))
  if total > max and math.floor(total / TRIMMED_AFTER) > math.floor(before / TRIMMED_AFTER) then
    trim(stream, total - max)
  end
end
return id
