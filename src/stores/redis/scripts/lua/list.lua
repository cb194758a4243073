-- Reads all unexpired sessions of a partition.
--
-- KEYS    1 partition index, 2 partition revocations, 3… records
-- ARGV    1 now (ms)
-- RETURNS { { id, packed record, id, packed record, … } }, or { "undeclared", id, … }: the call needs these records
-- ATOMIC  Read-only, one point in time.
--#include _index
--#include _packed

local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf')
return undeclared(ids) or { packed_records(ids) }
