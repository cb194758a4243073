-- Revokes sessions again if a failover has restored them. It always writes to the list of revocations, so that WAIT has a
-- write to wait for.
--
-- KEYS    1 partition index, 2 partition revocations, 3… records of the sessions
-- ARGV    1 time of the revocations (ms), 2… reason of each
-- RETURNS number of sessions that had been restored
-- ATOMIC  None of the sessions exists when the script returns.
--#include _index
--#include _revoke

local returned = 0
for position, id in ipairs(declared) do
  local expiry = redis.call('ZSCORE', KEYS[1], id)
  if expiry or redis.call('EXISTS', names[id]) == 1 then
    revoke({ { id, expiry or ARGV[1] } }, ARGV[position + 1])
    returned = returned + 1
  end
end
redis.call('PEXPIRE', KEYS[2], RETENTION)
return returned
