-- Adds to the counts of an hour.
--
-- KEYS  1 counts, 2 wallets (both share one hash tag)
-- ARGV  1 TTL of both (ms), 2 how many counts follow, then a name and a number for each, then wallets,
--       then the deadline
-- Gives 1
-- Atomic: the counts of one instance's second are seen together, and never without a TTL.
--#include _deadline
--#include _write

local counts = tonumber(ARGV[2])
for position = 3, 2 + 2 * counts, 2 do
  write('HINCRBY', KEYS[1], ARGV[position], ARGV[position + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
for position = 3 + 2 * counts, #ARGV do
  write('PFADD', KEYS[2], ARGV[position])
end
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return 1
