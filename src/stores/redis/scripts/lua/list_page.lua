-- Reads a page of the sessions of a partition that have not expired, newest first, which is by id backwards.
--
-- KEYS  1 index, 2 revocations
-- ARGV  1 record key prefix, 2 now, 3 the most to read, 4 the id that the page comes after ("" for the first page)
-- Gives { how many there are, how many come before the page, how many are on it, the last id on it ("" for none),
--       { id, packed record, … } }, the records of those on the page that have one
-- Atomic, and changes nothing. Of a session that is not on the page, nothing but its id is looked at.
--#include _append

local most, after = tonumber(ARGV[3]), ARGV[4]

-- When each session was created: an id begins with that, in base 36. Text itself is compared here by the locale of
-- the server, so no more than the ids of one millisecond are.
local times = setmetatable({}, { __index = function(known, id)
  local time = tonumber(string.sub(id, 1, 9), 36) or 0
  known[id] = time
  return time
end })

local function is_newer(id, other)
  local time, other_time = times[id], times[other]
  return time > other_time or (time == other_time and id > other)
end

-- Those that are to be on the page, and some more. Once there are enough, no older one comes in.
local ids, oldest = {}, nil

local function cut()
  table.sort(ids, is_newer)
  for position = #ids, most + 1, -1 do ids[position] = nil end
  oldest = ids[most]
end

local total, before = 0, 0
local living = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf')
-- Those that expire last are mostly the newest: begun with, few come in later.
for position = #living, 1, -1 do
  local id = living[position]
  -- Whoever wrote it, what has not the form of an id is none, nor where a page can begin.
  if #id == 20 and not string.find(id, '[^%w_-]') then
    total = total + 1
    if after ~= '' and not is_newer(after, id) then
      before = before + 1
    elseif most > 0 and (not oldest or is_newer(id, oldest)) then
      ids[#ids + 1] = id
      if #ids == 4 * most then cut() end
    end
  end
end
cut()

local page = {}
for _, id in ipairs(ids) do append(page, id) end
return { total, before, #ids, ids[#ids] or '', page }
