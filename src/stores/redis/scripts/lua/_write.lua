-- Runs a command that writes to a key, its first argument. Where something of another type is there, whoever
-- put it there, that goes: it would keep everybody from writing for ever.
local function write(command, key, ...)
  local reply = redis.pcall(command, key, ...)
  if type(reply) ~= 'table' or not reply.err then return reply end
  if string.find(reply.err, 'WRONGTYPE', 1, true) then redis.call('DEL', key) end
  return redis.call(command, key, ...)
end
