-- Reads the clock of the server that owns a key.
--
-- KEYS    1 any key of the slot
-- ARGV    none
-- RETURNS time (ms)
-- ATOMIC  Read-only.

local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
