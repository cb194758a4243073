-- Ends sessions of a partition, so many at the most: nobody else is served meanwhile.
--
-- KEYS  1 index, 2 revocations
-- ARGV  1 record key prefix, 2 now, 3 reason, 4 the most to end, 5 "these" | "allBut" | "all", 6… session ids
-- Gives { { ended… }, { ids of those selected that are left… } },
--       each ended session as { cursor, id, reason, at, expiry, existed }
-- Atomic: what is in the partition when the script runs has ended, or is told as left, when it returns.
--#include _revoke

local reason, most, mode = ARGV[3], tonumber(ARGV[4]), ARGV[5]
local selected = mode == 'these' and { unpack(ARGV, 6) } or redis.call('ZRANGE', KEYS[1], 0, -1)

local ended, left = {}, {}
-- Of all, those first that would live on for longest.
for position = #selected, 1, -1 do
  local id = selected[position]
  if mode == 'allBut' and id == ARGV[6] then
    -- It stays.
  elseif #ended == most then
    left[#left + 1] = id
  else
    local expiry = redis.call('ZSCORE', KEYS[1], id)
    if expiry then
      local has_expired = tonumber(expiry) <= tonumber(ARGV[2])
      ended[#ended + 1] = revoke(id, has_expired and 'EXPIRED' or reason)
    end
  end
end
return { ended, left }
