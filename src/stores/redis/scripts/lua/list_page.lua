-- Reads a page of the unexpired sessions of a partition, newest first (descending by id).
--
-- KEYS    1 partition index, 2 partition revocations, 3… records of the page
-- ARGV    1 now (ms), 2 page size, 3 session id after which the page starts ("" for the first page)
-- RETURNS { total, number before the page, number on the page, last id on the page or "", { id, packed record, … } },
--         omitting sessions without a record; or { "undeclared", id, … }: the call needs these records
-- ATOMIC  Read-only, one point in time. Reads only the ids of sessions outside the page.
--#include _index
--#include _packed

local max, after = tonumber(ARGV[2]), ARGV[3]

-- The creation time of each session: the first nine characters of its id, in base 36. Lua compares strings by the
-- server's locale, so the comparison of strings is left to ids of the same millisecond.
local times = setmetatable({}, { __index = function(known, id)
  local time = tonumber(string.sub(id, 1, 9), 36) or 0
  known[id] = time
  return time
end })

local function is_newer(id, other)
  local time, other_time = times[id], times[other]
  return time > other_time or (time == other_time and id > other)
end

-- Candidates for the page. Once there are enough, an older session cannot enter.
local ids, oldest = {}, nil

local function cut()
  table.sort(ids, is_newer)
  for position = #ids, max + 1, -1 do ids[position] = nil end
  oldest = ids[max]
end

local total, before = 0, 0
local living = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf')
-- The sessions that expire last are mostly the newest: starting with them keeps the candidates few.
for position = #living, 1, -1 do
  local id = living[position]
  -- Skips foreign members, which do not have the form of an id: they are not sessions, nor positions of a page.
  if #id == 20 and not string.find(id, '[^%w_-]') then
    total = total + 1
    if after ~= '' and not is_newer(after, id) then
      before = before + 1
    elseif max > 0 and (not oldest or is_newer(id, oldest)) then
      ids[#ids + 1] = id
      if #ids == 4 * max then cut() end
    end
  end
end
cut()

return undeclared(ids) or { total, before, #ids, ids[#ids] or '', packed_records(ids) }
