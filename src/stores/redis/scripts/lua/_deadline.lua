-- Does nothing where it is too late. The last argument, which is taken off, is the deadline, in ms by the
-- clock of this server. Whoever sent the script has been told by then that nothing was decided; so it must
-- not run once a server that stood still goes on.
do
  local deadline, time = tonumber(table.remove(ARGV)), redis.call('TIME')
  if time[1] * 1000 + time[2] / 1000 > deadline then
    return redis.error_reply('LATE The deadline of the script has passed.')
  end
end
