-- Revokes sessions of a partition, up to a limit that bounds how long the script blocks the server.
--
-- KEYS    1 partition index, 2 partition revocations, 3… records of the authorizing session and of
--         sessions to revoke
-- ARGV    1 now (ms), 2 reason, 3 maximum number to revoke, 4 session of this partition that authorizes the call, or "" if
--         there is none to check, 5 last signature of its wallet that the caller knows of (ms), 6 time after which a
--         signature is fresh and may revoke any session (ms), 7 what to do with a selected session that signed later:
--         "refuse" the call, or "spare" the session, 8 selection: "these", "allBut" or "all", 9… session ids
-- RETURNS { "revoked", { ended, … }, { selected ids that remain, … } },
--         { "unauthenticated", {}, {} } if the authorizing session has ended or expired, or
--         { "protected", {}, {} } if it may not revoke one of the selected sessions,
--         with ended = { cursor, id, reason, at, expiry, collected };
--         or { "undeclared", id, … }: nothing changed, the call needs these records
-- ATOMIC  Every selected session has ended, is spared, or is returned as remaining. With "refuse", authorization covers
--         all selected sessions, or none is revoked.
--#include _partition
--#include _revoke

local reason, max, authority, spares, mode = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[7] == 'spare', ARGV[8]
local kept = mode == 'allBut' and ARGV[9]

-- Returns the selected sessions, as { id, expiry }. Those that expire last are the last.
local function select_sessions()
  if mode ~= 'these' then return read_index('ZRANGE', 0, -1, 'WITHSCORES') end
  local found = {}
  for position = 9, #ARGV do
    local expiry = redis.call('ZSCORE', KEYS[1], ARGV[position])
    if expiry then found[#found + 1] = { ARGV[position], expiry } end
  end
  return found
end

-- Splits the selected sessions into those to revoke, up to the maximum and beginning with the last, and the ids that
-- remain.
local function split(selected)
  local ending, left = {}, {}
  for position = #selected, 1, -1 do
    local session = selected[position]
    if session[1] == kept then
      -- Stays.
    elseif #ending == max then
      left[#left + 1] = session[1]
    else
      ending[#ending + 1] = session
    end
  end
  return ending, left
end

-- The time of the last signature of the authority, or nil if it has ended.
local function last_signature()
  local signed = tonumber(ARGV[5])
  if authority == '' then return signed end
  local own = load_record(authority)
  return own and math.min(own[AUTHENTICATED_AT], signed)
end

-- Expired sessions are never protected.
local function is_protected(id, signed)
  local other = id ~= authority and id ~= kept and load_record(id)
  return other and other[AUTHENTICATED_AT] > signed
end

local signed = last_signature()
if not signed then return { 'unauthenticated', {}, {} } end

local selected = select_sessions()
if signed <= tonumber(ARGV[6]) then
  local missing = undeclared(ids_of(selected))
  if missing then return missing end
  local permitted = {}
  for _, session in ipairs(selected) do
    if not is_protected(session[1], signed) then
      permitted[#permitted + 1] = session
    elseif not spares then
      return { 'protected', {}, {} }
    end
  end
  selected = permitted
end

local ending, left = split(selected)
return undeclared(ids_of(ending)) or { 'revoked', revoke(ending, reason), left }
