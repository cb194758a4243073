-- Adds an entry to one of the streams with the audit entries of everybody.
--
-- KEYS  1 the stream, 2… the other streams (all of them are in one slot)
-- ARGV  1 the entry, 2 the most to keep, roughly
-- Gives the id of the entry
-- Atomic: a stream is never longer than that, and the id comes after every id in all streams.
--#include _write

local time = redis.call('TIME')
local last, sequence = time[1] * 1000 + math.floor(time[2] / 1000), -1
for _, stream in ipairs(KEYS) do
  -- An error, if something of another type is in the stream's place.
  local newest = redis.pcall('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  if newest then
    local at, number = string.match(newest[1], '^(%d+)-(%d+)$')
    at, number = tonumber(at), tonumber(number)
    if at > last or (at == last and number > sequence) then last, sequence = at, number end
  end
end
local id = string.format('%.0f-%.0f', last, sequence + 1)
return write('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], id, 'entry', ARGV[1])
