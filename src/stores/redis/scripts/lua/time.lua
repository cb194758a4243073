-- Tells the time of the server that is in charge of a key.
--
-- KEYS  1 any key of the slot
-- Gives its time in ms
-- Atomic, and changes nothing.

local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
