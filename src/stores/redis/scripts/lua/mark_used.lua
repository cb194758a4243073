-- Notes that the token pair of a session has been used.
--
-- KEYS    1 record
-- ARGV    1 generation of the pair, 2 deadline
-- RETURNS 1 if the pair is the current one and is now marked, 0 if the session has another one or does not exist
-- ATOMIC  Of a mark and a racing replacement of the pair, the later one has no effect and is answered so.
--#include _deadline
--#include _record

local record = read_record(load_packed(KEYS[1]))
if not record or record[GENERATION] ~= tonumber(ARGV[1]) then return 0 end
if record[USED] == 1 then return 1 end
record[USED] = 1
replace_record(KEYS[1], record)
return 1
