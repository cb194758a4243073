-- Replaces the details of a session with the same details, encrypted with another key.
--
-- KEYS    1 partition index, 2 partition revocations, 3 record
-- ARGV    1 record key prefix, 2 now (unused), 3 session id, 4 expected details, 5 new details, 6 deadline
-- RETURNS 1 if replaced, 0 if the session has ended or its details have changed
-- ATOMIC  Compare-and-set: runs before a racing end or update of the session, or has no effect.
--#include _deadline
--#include _record

local record = read_record(load_packed(ARGV[3]))
if not record or record[DETAILS] ~= ARGV[4] then return 0 end
record[DETAILS] = ARGV[5]
redis.call('SET', KEYS[3], cmsgpack.pack(record), 'KEEPTTL')
return 1
