ACCESS_TOKEN=$(access_token http://localhost:4000/graphql)
CLIENT_SECRET=secret
snippet() {
  # <snippet>
}
snippet >answer
grep -q '"active":true' answer
