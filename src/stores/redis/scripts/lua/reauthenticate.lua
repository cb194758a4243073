-- Notes that the wallet of a session has signed anew.
--
-- KEYS  1 index, 2 revocations, 3 the record
-- ARGV  1 record key prefix, 2 now, 3 session id, 4 details as of now, 5 deadline
-- Gives the packed record, or nil where there is none that has not expired.
-- Atomic: one that races with the end of its session comes before it or does nothing.
--#include _deadline
--#include _record

local record = load_record(ARGV[3])
if not record then return nil end
record[AUTHENTICATED_AT] = now
record[DETAILS] = ARGV[4]
local packed = cmsgpack.pack(record)
redis.call('SET', KEYS[3], packed, 'KEEPTTL')
return packed
