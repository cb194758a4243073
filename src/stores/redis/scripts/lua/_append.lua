-- Appends a session to a list of { id, packed record, … }, if anything is stored as its record.
local function append(list, id)
  local packed = redis.pcall('GET', ARGV[1] .. id)
  if not packed then return end
  list[#list + 1] = id
  -- What is no string is no record, but there.
  list[#list + 1] = type(packed) == 'string' and packed or ''
end
