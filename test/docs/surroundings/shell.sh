# What the surroundings of commands may call. They are run by Bash, in a directory of their own, with `-euo pipefail`.

# It ends with whatever started it.
{ read -r _ || true; kill -KILL 0; } <&0 >/dev/null 2>&1 &
exec </dev/null

# The command line at once: npx takes seconds to find it (test/packaging has it do so).
npx() {
  if [[ $1 == wallet-sessions ]]; then "$@"; else command npx "$@"; fi
}

# The environment of an operator of the service at http://localhost:4000.
as_its_operator() {
  export SESSION_KEYS=$SERVICE_KEYS REDIS_URL=$SERVICE_REDIS_URL REDIS_KEY_PREFIX=$SERVICE_KEY_PREFIX
}

# Runs the function `snippet` until it says $1. Then runs $2, where given, with the line; ends all that runs as
# Ctrl-C in a terminal would, and waits for it.
runs_until_it_says() {
  mkfifo output
  snippet >output 2>&1 &
  exec 3<output
  local line=''
  until [[ $line == *$1* ]]; do
    read -r line <&3
    echo "$line"
  done
  "${2:-true}" "$line"
  trap : INT
  kill -INT 0
  cat <&3 | tee rest
}

# The same for a service, which is to say that it has stopped.
serves() {
  runs_until_it_says '"url":"' "$@"
  grep -q '"msg":"stopped"' rest
}
