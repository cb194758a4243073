-- Replaces the details of a session, unless it has another authenticatedAt than the caller read.
--
-- KEYS    1 partition index, 2 partition revocations, 3 record
-- ARGV    1 record key prefix, 2 now (unused), 3 session id, 4 new details, 5 expected authenticatedAt (ms),
--         6 authenticatedAt to set (ms), 7 deadline
-- RETURNS 1 if replaced, 0 if the record does not exist or has another authenticatedAt
-- ATOMIC  Runs before a racing end of the session, or has no effect; never creates a record.
--#include _deadline
--#include _record

local record = read_record(load_packed(ARGV[3]))
if not record or record[AUTHENTICATED_AT] ~= tonumber(ARGV[5]) then return 0 end
record[DETAILS] = ARGV[4]
record[AUTHENTICATED_AT] = tonumber(ARGV[6])
redis.call('SET', KEYS[3], cmsgpack.pack(record), 'KEEPTTL')
return 1
