-- Returns a flat list of the ids and packed records of declared sessions, omitting empty record keys.
local AT_ONCE = 1000
local function packed_records(ids)
  local found = {}
  for first = 1, #ids, AT_ONCE do
    local keys = {}
    for position = first, math.min(first + AT_ONCE - 1, #ids) do
      keys[#keys + 1] = names[ids[position]]
    end
    -- A value of another type is like an empty key for MGET. It must be returned as an unreadable record.
    for position, packed in ipairs(redis.call('MGET', unpack(keys))) do
      if not packed and redis.call('EXISTS', keys[position]) == 1 then packed = '' end
      if packed then
        found[#found + 1] = ids[first + position - 1]
        found[#found + 1] = packed
      end
    end
  end
  return found
end
