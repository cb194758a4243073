-- Ends sessions of a partition, up to a limit that bounds how long the script blocks the server.
--
-- KEYS    1 partition index, 2 partition revocations
-- ARGV    1 record key prefix, 2 now (ms), 3 reason, 4 maximum number to end, 5 session that authorizes the call, or
--         "" for the server itself, 6 last signature of its wallet that the caller knows of (ms), 7 time after which
--         a signature is fresh (ms), 8 selection: "these", "allBut" or "all", 9… session ids
-- RETURNS { "revoked", { ended, … }, { selected ids that remain, … } },
--         { "unauthenticated", {}, {} } if the authorizing session has ended or expired, or
--         { "protected", {}, {} } if it may not end one of the selected sessions,
--         with ended = { cursor, id, reason, at, expiry, existed }
-- ATOMIC  Every selected session has ended or is returned as remaining. Authorization covers all selected sessions,
--         or none ends.
--#include _record
--#include _revoke

local reason, max, authority, mode = ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[8]
local selected = mode == 'these' and { unpack(ARGV, 9) } or redis.call('ZRANGE', KEYS[1], 0, -1)
local kept = mode == 'allBut' and ARGV[9]

-- Returns why the authorizing session may not end the selection, or nil. Expired sessions are never protected.
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
-- Ends the sessions that expire last first.
for position = #selected, 1, -1 do
  local id = selected[position]
  if id == kept then
    -- Kept.
  elseif #ended == max then
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
