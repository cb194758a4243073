-- Ends sessions of a partition, at most as many as given: nobody else is served meanwhile.
--
-- KEYS  1 index, 2 revocations
-- ARGV  1 record key prefix, 2 now, 3 reason, 4 the most to end,
--       5 the session in whose name, or "" for the server's own decision, 6 when its wallet signed as far as the caller
--       knows, 7 a signature after this is fresh,
--       8 "these" | "allBut" | "all", 9… session ids
-- Gives { "revoked", { ended… }, { ids of those selected that are left… } }
--     | { "unauthenticated", {}, {} } where the session in whose name it is has ended or expired
--     | { "protected", {}, {} } where it may not end one of those selected,
--       each ended session as { cursor, id, reason, at, expiry, existed }
-- Atomic: what is in the partition when the script runs has ended, or is told as left, when it returns; and of those
-- selected, all may be ended or none has ended.
--#include _record
--#include _revoke

local reason, most, authority, mode = ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[8]
local selected = mode == 'these' and { unpack(ARGV, 9) } or redis.call('ZRANGE', KEYS[1], 0, -1)
local kept = mode == 'allBut' and ARGV[9]

-- Why the authority may not do it, or nil. What has expired is protected by nobody.
local function refusal()
  if authority == '' then return nil end
  local own = load_record(authority)
  if not own then return 'unauthenticated' end
  local signed = math.min(own[AUTHENTICATED_AT], tonumber(ARGV[6]))
  if signed > tonumber(ARGV[7]) then return nil end
  for _, id in ipairs(selected) do
    local other = id ~= authority and id ~= kept and load_record(id)
    if other and other[AUTHENTICATED_AT] > signed then return 'protected' end
  end
end

local refused = refusal()
if refused then return { refused, {}, {} } end

local ended, left = {}, {}
-- Of all, those first that would live on for longest.
for position = #selected, 1, -1 do
  local id = selected[position]
  if id == kept then
    -- It stays.
  elseif #ended == most then
    left[#left + 1] = id
  else
    local expiry = redis.call('ZSCORE', KEYS[1], id)
    if expiry then
      local has_expired = tonumber(expiry) <= now
      ended[#ended + 1] = revoke(id, has_expired and 'EXPIRED' or reason)
    end
  end
end
return { 'revoked', ended, left }
