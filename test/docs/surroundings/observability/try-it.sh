# <snippet>

set -a
. ./.env
for name in $(grep -oE '\$\{[A-Z_]+:\?' compose.yaml | tr -d '${:?'); do
  [[ -n ${!name} ]]
done
