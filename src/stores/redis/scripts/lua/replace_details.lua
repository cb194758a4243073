-- Puts other details in the place of those that were read: the same ones, encrypted with another key.
--
-- KEYS  1 index, 2 revocations, 3 the record
-- ARGV  1 record key prefix, 2 now (unused), 3 session id, 4 details as they were read, 5 other details,
--       6 deadline
-- Gives 1 where it did, 0 where the session has ended or has other details by now.
-- Atomic: one that races with the end of its session, or with a touch, comes before it or does nothing.
--#include _deadline
--#include _record

local record = read_record(load_packed(ARGV[3]))
if not record or record[DETAILS] ~= ARGV[4] then return 0 end
record[DETAILS] = ARGV[5]
redis.call('SET', KEYS[3], cmsgpack.pack(record), 'KEEPTTL')
return 1
