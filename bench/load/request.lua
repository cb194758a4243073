-- One request, again and again, for wrk; the figures as one line of JSON.
--
--   wrk … -s request.lua <url> -- <method> <body> [<header name> <header value>]…

function init(args)
  wrk.method = args[1]
  wrk.body = args[2] ~= '' and args[2] or nil
  for position = 3, #args, 2 do
    wrk.headers[args[position]] = args[position + 1]
  end
  prepared = wrk.format()
end

function request()
  return prepared
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"refused":%d,"failed":%d,"p50":%.3f,"p99":%.3f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
