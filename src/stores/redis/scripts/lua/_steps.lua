-- The step above runs once for each of several calls that were sent together: they share one script call and one reading
-- of the clock.
--
-- KEYS    the keys of all calls, in their order
-- ARGV    for each call the number of its keys, the number of its arguments, and the arguments; last the deadline of all
--         calls (ms by the clock of this server), or "" for none
-- RETURNS for each call the reply of its step, or the error that ended it
-- ATOMIC  Each step, as stated above. If the server is a replica, no step can write, and the script fails.
--#include _deadline

local function step(KEYS, ARGV)
--#body
end

local function message_of(error)
  return type(error) == 'table' and error.err or tostring(error)
end

local replies, key, argument = {}, 0, 1
while argument < #ARGV do
  local keys, arguments = {}, {}
  local key_count, argument_count = tonumber(ARGV[argument]), tonumber(ARGV[argument + 1])
  for position = 1, key_count do keys[position] = KEYS[key + position] end
  for position = 1, argument_count do arguments[position] = ARGV[argument + 1 + position] end
  key, argument = key + key_count, argument + 2 + argument_count
  local has_run, reply = pcall(step, keys, arguments)
  if not has_run then
    reply = redis.error_reply(message_of(reply))
    -- By this error of a script, the client notices that it must look for the master.
    if string.find(reply.err, 'READONLY', 1, true) then return reply end
  end
  -- A nil would end the list.
  replies[#replies + 1] = reply or false
end
return replies
