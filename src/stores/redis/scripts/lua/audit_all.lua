-- Appends entries to the global audit streams.
--
-- KEYS    1… all streams (same slot)
-- ARGV    1… for each entry: position of its stream among the keys, approximate maximum length of the stream, entry
-- RETURNS id of the last entry
-- ATOMIC  Each id sorts after every earlier id in all streams. A stream is trimmed with the append.
--#include _write

local time = redis.call('TIME')
local last, sequence = time[1] * 1000 + math.floor(time[2] / 1000), -1
for _, stream in ipairs(KEYS) do
  -- An error reply, whose [1] is nil, if the key holds a value of another type.
  local newest = redis.pcall('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  if newest then
    local at, number = string.match(newest[1], '^(%d+)-(%d+)$')
    at, number = tonumber(at), tonumber(number)
    if at > last or (at == last and number > sequence) then last, sequence = at, number end
  end
end

local id
for position = 1, #ARGV, 3 do
  sequence = sequence + 1
  id = string.format('%.0f-%.0f', last, sequence)
  local stream = KEYS[tonumber(ARGV[position])]
  write('XADD', stream, 'MAXLEN', '~', ARGV[position + 1], id, 'entry', ARGV[position + 2])
end
return id
