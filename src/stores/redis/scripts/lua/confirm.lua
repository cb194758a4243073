-- Revokes sessions again if a failover has restored them, and writes to the revocations in any case, so that
-- WAIT has a write to wait for.
--
-- KEYS    1 partition index, 2 partition revocations
-- ARGV    1 record key prefix, 2 time of the revocations (ms), 3… pairs of session id and reason
-- RETURNS number of sessions that had been restored
-- ATOMIC  None of the sessions exists when the script returns.
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
