-- Notes that the token pair of a session has been used.
--
-- KEYS    1 partition index, 2 partition revocations, 3 record
-- ARGV    1 record key prefix, 2 now (unused), 3 session id, 4 generation of the pair, 5 deadline
-- RETURNS 1 if the pair is the current one and is now marked, 0 if the session has another one or does not exist
-- ATOMIC  Of a mark and a racing replacement of the pair, the later one has no effect and is answered so.
--#include _deadline
--#include _record

local record = read_record(load_packed(ARGV[3]))
if not record or record[GENERATION] ~= tonumber(ARGV[4]) then return 0 end
if record[USED] == 1 then return 1 end
record[USED] = 1
redis.call('SET', KEYS[3], cmsgpack.pack(record), 'KEEPTTL')
return 1
