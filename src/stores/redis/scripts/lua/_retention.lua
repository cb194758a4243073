-- Milliseconds for which a record outlives its session, to be collected: as long as no instance may be running.
local RECORD_RETENTION = 86400000
-- The same of an index in which nothing is left to be collected, so that who watches can still be told.
local INDEX_RETENTION = 3600000
