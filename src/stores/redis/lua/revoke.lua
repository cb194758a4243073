-- Ends sessions of a partition.
--
-- KEYS  1 index, 2 revocations
-- ARGV  1 record key prefix, 2 now, 3 reason, 4 "only" | "allBut" | "all", 5 session id ("" for all)
-- Gives { ended… }, each as { cursor, id, reason, at, expiry, existed }
-- Atomic: what is in the partition when the script runs has ended when it returns.
--#include _revoke

local reason, mode, named = ARGV[3], ARGV[4], ARGV[5]
local selected = {}
if mode == 'only' then
  if redis.call('ZSCORE', KEYS[1], named) then selected = { named } end
else
  selected = redis.call('ZRANGE', KEYS[1], 0, -1)
end

local ended = {}
for _, id in ipairs(selected) do
  if mode ~= 'allBut' or id ~= named then
    local has_expired = tonumber(redis.call('ZSCORE', KEYS[1], id)) <= tonumber(ARGV[2])
    ended[#ended + 1] = revoke(id, has_expired and 'EXPIRED' or reason)
  end
end
return ended
