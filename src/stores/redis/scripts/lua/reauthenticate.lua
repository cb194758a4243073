-- Records that the wallet of a session has signed again, unless the session has another authenticatedAt than the caller
-- read.
--
-- KEYS    1 record
-- ARGV    1 now (ms), 2 new details, 3 expected authenticatedAt (ms), 4 deadline
-- RETURNS packed record, or nil if the session does not exist, has expired or has another authenticatedAt
-- ATOMIC  Runs before a racing end of the session, or has no effect.
--#include _deadline
--#include _record

local now = tonumber(ARGV[1])
local record = read_record(load_packed(KEYS[1]))
if not record or record[EXPIRES_AT] <= now or record[AUTHENTICATED_AT] ~= tonumber(ARGV[3]) then return nil end
record[AUTHENTICATED_AT] = now
record[DETAILS] = ARGV[2]
return replace_record(KEYS[1], record)
