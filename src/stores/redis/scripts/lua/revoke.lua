-- Revokes sessions of a partition, up to a limit that bounds how long the script blocks the server.
--
-- KEYS    1 partition index, 2 partition revocations
-- ARGV    1 record key prefix, 2 now (ms), 3 reason, 4 maximum number to revoke, 5 session of this partition that
--         authorizes the call, or "" if there is none to check, 6 last signature of its wallet that the caller knows of
--         (ms), 7 time after which a signature is fresh and may revoke any session (ms), 8 what to do with a selected session
--         that signed later: "refuse" the call, or "spare" the session, 9 selection: "these", "allBut" or "all",
--         10… session ids
-- RETURNS { "revoked", { ended, … }, { selected ids that remain, … } },
--         { "unauthenticated", {}, {} } if the authorizing session has ended or expired, or
--         { "protected", {}, {} } if it may not revoke one of the selected sessions,
--         with ended = { cursor, id, reason, at, expiry, existed }
-- ATOMIC  Every selected session has ended, is spared, or is returned as remaining. With "refuse", authorization covers
--         all selected sessions, or none is revoked.
--#include _record
--#include _revoke

local reason, max, authority, spares, mode = ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[8] == 'spare', ARGV[9]
local selected = mode == 'these' and { unpack(ARGV, 10) } or redis.call('ZRANGE', KEYS[1], 0, -1)
local kept = mode == 'allBut' and ARGV[10]
local spared = {}

-- Returns why the call is refused, or nil; marks the sessions to spare. Expired sessions are never protected.
local function refusal()
  local signed = tonumber(ARGV[6])
  if authority ~= '' then
    local own = load_record(authority)
    if not own then return 'unauthenticated' end
    signed = math.min(own[AUTHENTICATED_AT], signed)
  end
  if signed > tonumber(ARGV[7]) then return nil end
  for _, id in ipairs(selected) do
    local other = id ~= authority and id ~= kept and load_record(id)
    if other and other[AUTHENTICATED_AT] > signed then
      if not spares then return 'protected' end
      spared[id] = true
    end
  end
end

local refused = refusal()
if refused then return { refused, {}, {} } end

local ended, left = {}, {}
-- Revokes the sessions that expire last first.
for position = #selected, 1, -1 do
  local id = selected[position]
  if id == kept or spared[id] then
    -- Stays.
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
