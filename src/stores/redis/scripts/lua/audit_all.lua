-- Appends an entry to one of the global audit streams.
--
-- KEYS    1 stream, 2… the other streams (same slot)
-- ARGV    1 entry, 2 approximate maximum length
-- RETURNS id of the entry
-- ATOMIC  The id sorts after every id in all streams, and the stream is trimmed with the append.
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
local id = string.format('%.0f-%.0f', last, sequence + 1)
return write('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], id, 'entry', ARGV[1])
