-- An entry of a global audit stream holds all audit entries that one call has added to it: { "t", total, "e", audit entry,
-- "e", audit entry, … }. The total counts the audit entries of the stream up to its end. The id of the stream entry is the
-- position of its last audit entry; those before it have the preceding sequence numbers.
local function total_of(entry)
  return entry[2][1] == 't' and tonumber(entry[2][2]) or 0
end

local function count_in(entry)
  return math.max(1, math.floor(#entry[2] / 2) - 1)
end

local AT_ONCE = 50

-- Reads stream entries from a position on, until they have more than count audit entries, not counting the first stream
-- entry if only part of it may be asked for. Returns the error reply if the key holds a value of another type.
local function read_entries(command, stream, from, to, count, is_first_partial)
  local page, found = {}, 0
  local size = math.min(count + 1, AT_ONCE)
  repeat
    local part = redis.pcall(command, stream, from, to, 'COUNT', size)
    if part.err then return part end
    for _, entry in ipairs(part) do
      page[#page + 1] = entry
      if #page > 1 or not is_first_partial then found = found + count_in(entry) end
    end
    if #part < size then break end
    from = '(' .. part[size][1]
  until found >= count
  return page
end
