# Functions for the surroundings of commands, which Bash runs in an empty directory with `-euo pipefail`.

# Ends the script when the process that started it ends.
{ read -r _ || true; kill -KILL 0; } <&0 >/dev/null 2>&1 &
exec </dev/null

# Runs the command line directly, because npx takes seconds to find it. test/packaging runs it by npx.
npx() {
  if [[ $1 == wallet-sessions ]]; then "$@"; else command npx "$@"; fi
}

# The environment of an operator of the service at http://localhost:4000.
as_its_operator() {
  export SESSION_KEYS=$SERVICE_KEYS REDIS_URL=$SERVICE_REDIS_URL REDIS_KEY_PREFIX=$SERVICE_KEY_PREFIX
}

# Signs in at the API $1 as the README does with curl, and prints the access token.
access_token() {
  local account=eip155:1:0x9858EfFD232B4033E47d90003D41EC34EcaEda94
  curl -s "$1" -H 'content-type: application/json' \
    -d "{ \"query\": \"mutation { createSignInChallenge(account: \\\"$account\\\") { message } }\" }" |
    node examples/quickstart/sign.js |
    curl -s "$1" -H 'content-type: application/json' -d @- |
    sed -E 's/.*"accessToken":"([^"]+)".*/\1/'
}

# Runs the function `snippet` until it prints $1. Then runs $2, if given, with that line, interrupts all processes as
# Ctrl-C in a terminal does, and waits for them to end.
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

# The same for a service, which must log that it has stopped.
serves() {
  runs_until_it_says '"url":"' "$@"
  grep -q '"msg":"stopped"' rest
}
