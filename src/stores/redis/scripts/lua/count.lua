-- Adds to the statistics of an hour.
--
-- KEYS    1 counts, 2 wallets (same hash tag)
-- ARGV    1 TTL of both (ms), 2 number of counts, 3… pairs of name and increment, then wallets, last deadline
-- RETURNS 1
-- ATOMIC  A reader sees all increments of the call or none, and neither key is ever without a TTL.
--#include _deadline
--#include _write

local counts = tonumber(ARGV[2])
for position = 3, 2 + 2 * counts, 2 do
  write('HINCRBY', KEYS[1], ARGV[position], ARGV[position + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
-- In parts, since unpack fails for thousands of values.
for first = 3 + 2 * counts, #ARGV, 1000 do
  write('PFADD', KEYS[2], unpack(ARGV, first, math.min(first + 999, #ARGV)))
end
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return 1
