-- Every script that includes this file has: KEYS[1] the partition's index, KEYS[2] its revocations, KEYS[3]… the
-- records of declared sessions; ARGV[1] the caller's time in ms. All keys share one hash tag.
local now = tonumber(ARGV[1])

-- The keys of the declared records by session id, and the ids in the order of the keys.
local names, declared = {}, {}
for position = 3, #KEYS do
  local id = string.match(KEYS[position], '^[^}]*}:session:(.*)$')
  names[id] = KEYS[position]
  declared[#declared + 1] = id
end

-- A script may access only keys that its caller has declared, but finds the sessions that it needs in the index. If one
-- of them is not declared, this returns the reply that asks the caller to declare the candidates (default: those needed)
-- and to repeat the call. The script must not have changed anything before.
local function undeclared(needed, candidates)
  for _, id in ipairs(needed) do
    if not names[id] then
      -- Without unpack, which fails for thousands of ids.
      local reply = { 'undeclared' }
      for position, candidate in ipairs(candidates or needed) do reply[position + 1] = candidate end
      return reply
    end
  end
end

-- Reads a range of the index as a list of { id, expiry }, in the order of expiry.
local function read_index(command, ...)
  local reply = redis.call(command, KEYS[1], ...)
  local sessions = {}
  for position = 1, #reply, 2 do
    sessions[#sessions + 1] = { reply[position], reply[position + 1] }
  end
  return sessions
end

local function has_expired(session)
  return tonumber(session[2]) <= now
end

local function ids_of(sessions)
  local ids = {}
  for position, session in ipairs(sessions) do ids[position] = session[1] end
  return ids
end
