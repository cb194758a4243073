-- Requests out of a file, each time one of them by chance, for wrk; the figures as one line of JSON.
--
--   wrk … -s requests.lua <url> -- <file>
--
-- The file has whole requests of HTTP, with a character between them that is in none.

local requests = {}

function init(args)
  local file = assert(io.open(args[1], 'rb'))
  for text in file:read('*a'):gmatch('[^\30]+') do
    requests[#requests + 1] = text
  end
  file:close()
  math.randomseed(os.time())
end

function request()
  return requests[math.random(#requests)]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"refused":%d,"failed":%d,"p50":%.3f,"p99":%.3f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
