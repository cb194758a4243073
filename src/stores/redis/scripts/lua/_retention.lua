-- Milliseconds for which a record outlives its session: the longest downtime of all instances after which its expiry
-- is still audited.
local RECORD_RETENTION = 86400000
-- Milliseconds for which an index is kept after its last session has been collected, for watchers that have yet to
-- receive the expiries.
local INDEX_RETENTION = 3600000
