ACCESS_TOKEN=$(access_token http://localhost:4000/graphql)
snippet() {
  # <snippet>
}
snippet >answer
grep -q '"X-Hasura-User-Id":"eip155:0:0x' answer
