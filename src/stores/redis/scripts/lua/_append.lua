-- Appends a session id and its packed record to a flat list, unless the record key is empty.
local function append(list, id)
  local packed = redis.pcall('GET', ARGV[1] .. id)
  if not packed then return end
  list[#list + 1] = id
  -- A value of another type becomes "", which decodes as an unreadable record.
  list[#list + 1] = type(packed) == 'string' and packed or ''
end
