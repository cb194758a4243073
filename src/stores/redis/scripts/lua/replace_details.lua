-- Replaces the details of a session with the same details, encrypted with another key.
--
-- KEYS    1 record
-- ARGV    1 expected details, 2 new details, 3 deadline
-- RETURNS 1 if replaced, 0 if the session has ended or its details have changed
-- ATOMIC  Compare-and-set: runs before a racing end or update of the session, or has no effect.
--#include _deadline
--#include _record

local record = read_record(load_packed(KEYS[1]))
if not record or record[DETAILS] ~= ARGV[1] then return 0 end
record[DETAILS] = ARGV[2]
replace_record(KEYS[1], record)
return 1
