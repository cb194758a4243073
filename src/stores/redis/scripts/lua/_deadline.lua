-- Refuses to run after the deadline: the last argument, in ms by the clock of this server or "" for none, which is removed
-- from ARGV.
-- A stalled server still executes the commands it has received. By then the client has reported failure to its
-- caller, so the script must not take effect.
do
  local deadline = tonumber(table.remove(ARGV))
  if deadline then
    local time = redis.call('TIME')
    if time[1] * 1000 + time[2] / 1000 > deadline then
      return redis.error_reply('LATE The deadline of the script has passed.')
    end
  end
end
