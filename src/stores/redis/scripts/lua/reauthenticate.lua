-- Records that the wallet of a session has signed again.
--
-- KEYS    1 partition index, 2 partition revocations, 3 record
-- ARGV    1 record key prefix, 2 now (ms), 3 session id, 4 new details, 5 deadline
-- RETURNS packed record, or nil if the session does not exist or has expired
-- ATOMIC  Runs before a racing end of the session, or has no effect.
--#include _deadline
--#include _record

local record = load_record(ARGV[3])
if not record then return nil end
record[AUTHENTICATED_AT] = now
record[DETAILS] = ARGV[4]
local packed = cmsgpack.pack(record)
redis.call('SET', KEYS[3], packed, 'KEEPTTL')
return packed
