-- Ends sessions again that were ended before, where a failover has brought them back, and leaves a write
-- that comes after their end: one to WAIT for.
--
-- KEYS  1 index, 2 revocations
-- ARGV  1 record key prefix, 2 when they ended, 3, 4, … pairs of session id and reason
-- Gives the number of sessions that had come back
-- Atomic: none of them is there when the script returns.
--#include _revoke

local returned = 0
for position = 3, #ARGV, 2 do
  local id = ARGV[position]
  if redis.call('EXISTS', ARGV[1] .. id) == 1 or redis.call('ZSCORE', KEYS[1], id) then
    revoke(id, ARGV[position + 1])
    returned = returned + 1
  end
end
redis.call('PEXPIRE', KEYS[2], RETENTION)
return returned
