-- Replaces the details of a session that still exists and was authenticated when they say.
--
-- KEYS  1 index, 2 revocations, 3 the record
-- ARGV  1 record key prefix, 2 now (unused), 3 session id, 4 details,
--       5 when the session was last authenticated, 6 deadline
-- Gives 1 where there was such a record, 0 where there was none (and none is made).
-- Atomic: a touch that races with the end of its session comes before it or does nothing.
--#include _deadline
--#include _record

local record = read_record(load_packed(ARGV[3]))
if not record or record[AUTHENTICATED_AT] ~= tonumber(ARGV[5]) then return 0 end
record[DETAILS] = ARGV[4]
redis.call('SET', KEYS[3], cmsgpack.pack(record), 'KEEPTTL')
return 1
