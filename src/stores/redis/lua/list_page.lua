-- Reads a page of the sessions of a partition that have not expired, newest first, which is by id backwards.
--
-- KEYS  1 index, 2 revocations
-- ARGV  1 record key prefix, 2 now, 3 the most to read, 4 the id that the page comes after ("" for the first page)
-- Gives { how many there are, how many of them come before the page, { id, packed record, … } }
-- Atomic, and changes nothing. Of a session that is not on the page, nothing but its id is looked at.

local most, after = tonumber(ARGV[3]), ARGV[4]

-- When a session was created: an id begins with that, in base 36. Text itself is compared here by the locale of
-- the server, so no more than the ids of one millisecond are.
local function time_of(id)
  return tonumber(string.sub(id, 1, 9), 36) or 0
end

local after_time = after ~= '' and time_of(after)
local times, ids = {}, {}

-- Where on the page it comes, or would come.
local function place_of(time, id)
  local low, high = 1, #ids + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if time > times[middle] or (time == times[middle] and id > ids[middle]) then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

local living = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf')
local before = 0
-- Those that expire last are mostly the newest: begun with, few are put before others.
for position = #living, 1, -1 do
  local id = living[position]
  local time = time_of(id)
  if after_time and (time > after_time or (time == after_time and id >= after)) then
    before = before + 1
  elseif #ids < most or time >= (times[most] or math.huge) then
    local place = place_of(time, id)
    if place <= most then
      table.insert(times, place, time)
      table.insert(ids, place, id)
      times[most + 1], ids[most + 1] = nil, nil
    end
  end
end

local page = {}
for _, id in ipairs(ids) do
  local packed = redis.pcall('GET', ARGV[1] .. id)
  if packed then
    page[#page + 1] = id
    -- What is no string is no record, but there.
    page[#page + 1] = type(packed) == 'string' and packed or ''
  end
end
return { #living, before, page }
