-- Replaces the details of a session, unless it has another authenticatedAt than the caller read.
--
-- KEYS    1 record
-- ARGV    1 new details, 2 expected authenticatedAt (ms), 3 authenticatedAt to set (ms), 4 deadline
-- RETURNS 1 if replaced, 0 if the record does not exist or has another authenticatedAt
-- ATOMIC  Runs before a racing end of the session, or has no effect; never creates a record.
--#include _deadline
--#include _record

local record = read_record(load_packed(KEYS[1]))
if not record or record[AUTHENTICATED_AT] ~= tonumber(ARGV[2]) then return 0 end
record[DETAILS] = ARGV[1]
record[AUTHENTICATED_AT] = tonumber(ARGV[3])
replace_record(KEYS[1], record)
return 1
