ACCESS_TOKEN=$(access_token http://localhost:4000/graphql)
snippet() {
  # <snippet>
}
snippet >answer
grep -q '"token":"eyJ' answer
